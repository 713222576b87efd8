import assert from "node:assert/strict";
import { ArgumentError } from "#dist/core/errors.js";
import { type Widget, widget } from "#dist/widgets/index.js";
import { type FakeLine, type FakeNotebook, fakeNotebook, strayErrors } from "../support/fake-comms.js";

const esm = "export default { render() {} };";
const view = "application/vnd.jupyter.widget-view+json";

function bundleOf(shown: object): Record<string, string> {
  return (shown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
}

describe("widget(options) in a notebook whose page answers", () => {
  let notebook: FakeNotebook;
  beforeEach(() => {
    notebook = fakeNotebook();
  });
  afterEach(() => notebook.remove());

  const line = (i = 0): FakeLine => notebook.lines[i];

  it("opens one line with anywidget's names, its code, its state and the protocol's version", () => {
    widget({ esm, css: ".a {}", state: { count: 1, words: ["a"] } });
    assert.equal(notebook.lines.length, 1);
    const { target, opened } = line();
    assert.equal(target, "jupyter.widget");
    assert.deepEqual(opened.metadata, { version: "2.1.0" });
    const { state, buffer_paths } = opened.data as { state: Record<string, unknown>; buffer_paths: unknown };
    const { _model_module, _model_name, _view_module, _view_name, _esm, _css, count, words } = state;
    assert.deepEqual(
      { _model_module, _model_name, _view_module, _view_name },
      { _model_module: "anywidget", _model_name: "AnyModel", _view_module: "anywidget", _view_name: "AnyView" },
    );
    assert.deepEqual([_esm, _css, count, words, buffer_paths], [esm, ".a {}", 1, ["a"], []]);
  });

  it("sends typed arrays as bytes beside the state, wherever they lie in it", () => {
    const pixels = Uint8Array.of(1, 2, 3);
    const points = Float32Array.of(0.5, -2).subarray(1);
    widget({ esm, state: { pixels, nested: { list: [1, points] } } });
    const { data, buffers } = line().opened;
    assert.deepEqual(data.buffer_paths, [["pixels"], ["nested", "list", 1]]);
    assert.deepEqual([...buffers[0]], [1, 2, 3]);
    assert.deepEqual(new Float32Array(buffers[1].buffer), Float32Array.of(-2));
    const state = data.state as Record<string, unknown>;
    assert.equal("pixels" in state, false);
    assert.deepEqual(state.nested, { list: [1, null] });
  });

  it("echoes what the page has set before its listeners say something else", () => {
    const w = widget({ esm, state: { count: 1 } });
    w.on("change:count", (count) => count > 9 && w.set({ count: 9 }));
    line().say({ method: "update", state: { count: 12 }, buffer_paths: [] });
    assert.deepEqual(
      line().sent.map(({ data }) => [data.method, (data.state as { count: number }).count]),
      [
        ["echo_update", 12],
        ["update", 9],
      ],
    );
    assert.equal(w.get("count"), 9);
  });

  it("gives bytes from the page the type that the state had there", () => {
    const w = widget({ esm, state: { rows: Uint32Array.of(1), deep: { bytes: Uint8Array.of(1) } } });
    const [rows, bytes] = [Uint32Array.of(7, 70000), Uint8Array.of(9)];
    const buffers = [new Uint8Array(rows.buffer), bytes];
    const paths = [["rows"], ["deep", "bytes"]];
    line().say({ method: "update", state: { deep: {} }, buffer_paths: paths }, buffers);
    assert.deepEqual(w.get("rows"), rows);
    assert.deepEqual(w.get("deep"), { bytes });
    const [echo] = line().sent;
    assert.deepEqual(echo.data, { method: "echo_update", state: { deep: {} }, buffer_paths: paths.reverse() });
    assert.deepEqual(echo.buffers, buffers.reverse());
  });

  it("calls listeners once for each value that has changed, and once for all", () => {
    const w = widget({ esm, state: { a: 1, b: 2 } });
    const heard: unknown[] = [];
    w.on("change:a", (a) => heard.push(["a", a]));
    w.on("change", (changed) => heard.push(changed));
    line().say({ method: "update", state: { a: 5, b: 2 } });
    w.set({ b: 3 });
    w.set({ b: 3 });
    assert.deepEqual(heard, [["a", 5], { a: 5 }, { b: 3 }]);
  });

  it("stops calling a listener that was taken back", () => {
    const w = widget({ esm, state: { a: 1 } });
    let calls = 0;
    const off = w.on("change:a", () => calls++);
    w.set({ a: 2 });
    off();
    w.set({ a: 3 });
    assert.equal(calls, 1);
  });

  it("answers a page that asks for its state, or for that of all widgets, with the state of now", () => {
    const w = widget({ esm, state: { count: 1, data: Uint8Array.of(1) } });
    const gone = widget({ esm, state: {} });
    gone.close();
    w.set({ count: 4, data: Uint8Array.of(8) });
    line().say({ method: "request_state" });
    const answer = line().sent.at(-1)!;
    assert.deepEqual([answer.data.method, (answer.data.state as { count: number }).count], ["update", 4]);
    const control = notebook.openFromPage("jupyter.widget.control")!;
    control.say({ method: "request_states" });
    const { data, buffers } = control.sent[0];
    const states = data.states as Record<string, { model_name: string; state: Record<string, unknown> }>;
    assert.deepEqual(Object.keys(states), [w.id]);
    assert.equal(data.method, "update_states");
    assert.equal(states[w.id!].model_name, "AnyModel");
    assert.equal(states[w.id!].state.count, 4);
    assert.deepEqual(data.buffer_paths, [[w.id, "state", "data"]]);
    assert.deepEqual(buffers, [Uint8Array.of(8)]);
  });

  it("exchanges messages that are no state, with their bytes", () => {
    const w = widget({ esm, state: {} });
    const heard: unknown[] = [];
    w.on("msg:custom", (content, buffers) => heard.push([content, ...buffers]));
    line().say({ method: "custom", content: { ask: 1 } }, [Uint8Array.of(4)]);
    assert.deepEqual(heard, [[{ ask: 1 }, Uint8Array.of(4)]]);
    w.send({ answer: 2 }, [Float32Array.of(1)]);
    const [{ data, buffers }] = line().sent;
    assert.deepEqual(data, { method: "custom", content: { answer: 2 } });
    assert.deepEqual(buffers, [new Uint8Array(Float32Array.of(1).buffer)]);
  });

  it("goes on after a listener has thrown, and shows what it threw", async () => {
    const w = widget({ esm, state: { a: 1 } });
    const heard: number[] = [];
    w.on("change:a", () => {
      throw new Error("in the listener");
    });
    w.on("change:a", (a) => heard.push(a));
    const errors = await strayErrors(() => {
      line().say({ method: "update", state: { a: 2 } });
      line().say({ method: "update", state: { a: 3 } });
    });
    assert.deepEqual(heard, [2, 3]);
    assert.deepEqual(errors.map(String), ["Error: in the listener", "Error: in the listener"]);
  });

  it("stands what a page should not say", async () => {
    const w = widget({ esm, state: { a: 1, rows: Uint32Array.of(1) } });
    const errors = await strayErrors(() => {
      line().say({ method: "update" });
      line().say({ method: "update", state: { unknown: 5, _esm: "x" } });
      line().say({ method: "dance" });
      line().say({ method: "update", state: { a: 2 }, buffer_paths: [["__proto__", "polluted"]] }, [Uint8Array.of(1)]);
      line().say({ method: "update", state: { a: 2 }, buffer_paths: [["a"], "b", 3] });
      line().say({ method: "update", state: {}, buffer_paths: [["rows"]] }, [Uint8Array.of(1, 2, 3)]);
    });
    assert.equal(errors.length, 3);
    for (const error of errors) assert.ok(error instanceof ArgumentError, String(error));
    assert.equal("polluted" in {}, false);
    assert.deepEqual([w.get("a"), w.get("rows")], [1, Uint32Array.of(1)]);
    line().say({ method: "request_state" });
    assert.equal((line().sent.at(-1)!.data.state as { _esm: string })._esm, esm);
  });

  it("shows a view of its model beside the fallback, each time it is shown", () => {
    const w = widget({ esm, state: {}, fallback: { "text/html": "<b>still</b>", "text/plain": "still" } });
    const [first, second] = [bundleOf(w), bundleOf(w)];
    assert.deepEqual(first, second);
    assert.equal(JSON.parse(first[view]).model_id, line().id);
    assert.deepEqual([first["text/html"], first["text/plain"]], ["<b>still</b>", "still"]);
  });

  it("keeps its state and its fallback when it was closed, here or in the page", () => {
    const close: ((w: Widget<{ a: number }>, line: FakeLine) => void)[] = [(w) => w.close(), (_, { leave }) => leave()];
    close.forEach((end, i) => {
      const w = widget({ esm, state: { a: 1 } });
      end(w, line(i));
      w.set({ a: 2 });
      w.send("nothing hears this");
      assert.deepEqual([line(i).open, w.id, w.get("a"), line(i).sent], [false, undefined, 2, []]);
      assert.deepEqual(Object.keys(bundleOf(w)), ["text/plain"]);
    });
  });
});

describe("widget(options)", () => {
  it("is its state and its fallback where no page answers", () => {
    for (const notebook of [undefined, fakeNotebook({ comms: false })]) {
      const w = widget({ esm, state: { count: 1, data: Float32Array.of(1, 2) } });
      const heard: number[] = [];
      w.on("change:count", (count) => heard.push(count));
      w.set({ count: 2 });
      assert.deepEqual([w.get("count"), w.id, heard], [2, undefined, [2]]);
      const text = "A widget, which a notebook with anywidget shows: count 2, data 8 bytes";
      assert.deepEqual(bundleOf(w), { "text/plain": text });
      notebook?.remove();
    }
  });

  it("names the part of the state that no page could have", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const wrong: [unknown, RegExp][] = [
      [{ a: { b: [() => 1] } }, /^state\.a\.b\.0 is a function: give JSON values or typed arrays$/],
      [{ a: Number.NaN }, /^state\.a is NaN/],
      [{ a: new Map() }, /^state\.a is a Map/],
      [{ a: undefined }, /^state\.a is undefined/],
      [{ a: 1n }, /^state\.a is 1/],
      [{ a: circle }, /^state\.a\.self contains itself/],
      [{ _esm: 1 }, /^state\._esm is a name that Jupyter's widgets use/],
      [{ layout: 1 }, /^state\.layout is a name/],
    ];
    for (const [state, message] of wrong)
      assert.throws(() => widget({ esm, state: state as never }), { name: "ArgumentError", message });
    assert.throws(() => widget({ esm: " ", state: {} }), { name: "ArgumentError", argument: "esm" });
  });

  it("names what is not part of the state, and what cannot be listened to", () => {
    const w = widget({ esm, state: { a: 1 } });
    assert.throws(() => w.get("b" as "a"), /^ArgumentError: b is not part of the state: it holds a$/);
    assert.throws(() => w.set({ b: 1 } as never), ArgumentError);
    assert.throws(() => w.on("change:b" as never, () => 0), ArgumentError);
    assert.throws(() => w.on("changed" as never, () => 0), /listen to "change"/);
    assert.throws(() => w.set({ a: (() => 1) as never }), ArgumentError);
    assert.equal(w.get("a"), 1);
  });
});
