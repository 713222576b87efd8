import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { cellSignal, ofCell } from "#dist/core/display-hook.js";
import { type FakeNotebook, fakeNotebook } from "../support/fake-comms.js";

describe("cellSignal(signal)", () => {
  let notebook: FakeNotebook;
  let cell: AbortController;
  beforeEach(() => {
    notebook = fakeNotebook();
    cell = new AbortController();
    notebook.execution = { replaced: false, signal: cell.signal };
  });
  afterEach(() => notebook.remove());

  it("is the caller's own outside of a notebook", () => {
    notebook.remove();
    const { signal } = new AbortController();
    assert.equal(cellSignal(), undefined);
    assert.equal(cellSignal(signal), signal);
    const options: { k: number; signal?: AbortSignal } = { k: 3 };
    assert.equal(ofCell(options), options);
  });

  it("aborts with the cell that runs when it is asked for, for the cell's reason", () => {
    const reason = new Error("interrupted");
    const before = cellSignal();
    notebook.execution = { replaced: false, signal: new AbortController().signal };
    const after = cellSignal();
    cell.abort(reason);
    assert.deepEqual([before?.aborted, after?.aborted], [true, false]);
    assert.equal(before?.reason, reason);
  });

  it("aborts with either of the cell and the caller's own", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const [byOwn, byCell] = [cellSignal(one.signal), cellSignal(other.signal)];
    one.abort(new Error("own"));
    assert.deepEqual([byOwn?.aborted, byCell?.aborted], [true, false]);
    cell.abort(new Error("cell"));
    assert.equal(byCell?.reason.message, "cell");
    assert.equal(other.signal.aborted, false);
  });

  it("stays that of the cell in which the job began, in all parts of the job", () => {
    const whole = cellSignal(new AbortController().signal);
    const later = new AbortController();
    notebook.execution = { replaced: false, signal: later.signal };
    later.abort();
    assert.equal(cellSignal(whole), whole);
    assert.equal(cellSignal(whole)?.aborted, false);
  });

  it("leaves nothing at the signals that it joins", () => {
    const own = new AbortController();
    cellSignal(own.signal);
    for (const signal of [own.signal, cell.signal]) assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
