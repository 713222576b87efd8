import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import type { CommEvent } from "#dist/kernel/cells/messages.js";
import { RecordedSession } from "../../support/recorded-session.js";
import { ok } from "../../support/scripted-interpreter.js";

describe("a session, publishing what cells do", () => {
  it("sends text that comes within a moment as one message, and before anything else of the cell", async () => {
    const kernel = new RecordedSession({
      cell: ({ print, emit }) => {
        print("1\n");
        print("2\n");
        emit({ type: "display", data: { "text/plain": "figure" }, metadata: {}, update: false });
        print("3\n");
        print("wrong\n", "stderr");
        print("4\n");
        return ok;
      },
    });
    kernel.execute("a", "cell");
    await kernel.idle("a");
    assert.deepEqual(kernel.lines().slice(2, -2), [
      'iopub "1\n2\n" of a',
      "iopub display_data of a",
      'iopub "3\n" of a',
      'iopub "wrong\n" of a',
      'iopub "4\n" of a',
    ]);
  });

  it("does not hold text back until the cell is done", async () => {
    const kernel = new RecordedSession({
      cell: async ({ print, interrupted }) => {
        print("working\n");
        await interrupted;
        return ok;
      },
    });
    kernel.execute("a", "cell");
    await kernel.until(({ type }) => type === "stream");
    assert.deepEqual(kernel.of("a", "execute_reply"), []);
    kernel.session.interrupt();
    await kernel.idle("a");
  });

  it("does not cut text into pieces where another request is answered meanwhile", async () => {
    const kernel = new RecordedSession({
      cell: async ({ print }) => {
        print("1");
        kernel.bring("q", "is_complete_request", { code: "" });
        await kernel.idle("q");
        print("2");
        return ok;
      },
    });
    kernel.execute("a", "cell");
    await kernel.idle("a");
    assert.deepEqual(
      kernel.of("a", "stream").map(({ content }) => content.text),
      ["12"],
    );
  });

  it("keeps every piece of text, in order, however it comes", async () => {
    const piece = fc.record({ name: fc.constantFrom("stdout", "stderr"), text: fc.string(), pause: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const kernel = new RecordedSession({
          cell: async ({ print }) => {
            for (const { name, text, pause } of pieces) {
              print(text, name as "stdout");
              if (pause) await setTimeout(0);
            }
            return ok;
          },
        });
        kernel.execute("a", "cell");
        await kernel.idle("a");
        const streams = kernel.of("a", "stream");
        for (const name of ["stdout", "stderr"]) {
          const sent = streams.filter(({ content }) => content.name === name).map(({ content }) => content.text);
          const expected = pieces.filter((each) => each.name === name).map(({ text }) => text);
          assert.equal(sent.join(""), expected.join(""));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("sends displays with their names, updates of them, and the clearing of output", async () => {
    const kernel = new RecordedSession({
      cell: ({ emit }) => {
        const data = { "text/plain": "x" };
        emit({ type: "display", data, metadata: { "text/plain": { isolated: true } }, displayId: "d", update: false });
        emit({ type: "display", data, metadata: {}, displayId: "d", update: true });
        emit({ type: "display", data, metadata: {}, update: false });
        emit({ type: "clear", wait: true });
        return ok;
      },
    });
    kernel.execute("a", "cell");
    await kernel.idle("a");
    const data = { "text/plain": "x" };
    assert.deepEqual(
      kernel.sent.slice(2, -2).map(({ type, content }) => [type, content]),
      [
        ["display_data", { data, metadata: { "text/plain": { isolated: true } }, transient: { display_id: "d" } }],
        ["update_display_data", { data, metadata: {}, transient: { display_id: "d" } }],
        ["display_data", { data, metadata: {}, transient: {} }],
        ["clear_output", { wait: true }],
      ],
    );
  });

  it("sends the lines that cells open, use and close, with their bytes", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const kernel = new RecordedSession({
      cell: ({ emit }) => {
        const line = { type: "comm", id: "c", metadata: { version: "2" }, buffers: [bytes] } as const;
        emit({ ...line, buffers: [bytes], event: "open", target: "t", data: { x: 1 } });
        emit({ ...line, buffers: [bytes], event: "message", data: { x: 2 } });
        emit({ ...line, buffers: [], event: "close", data: {} });
        return ok;
      },
    });
    kernel.execute("a", "cell");
    await kernel.idle("a");
    const metadata = { version: "2" };
    assert.deepEqual(
      kernel.sent.slice(2, -2).map(({ type, content, metadata, buffers }) => ({ type, content, metadata, buffers })),
      [
        { type: "comm_open", content: { comm_id: "c", target_name: "t", data: { x: 1 } }, metadata, buffers: [bytes] },
        { type: "comm_msg", content: { comm_id: "c", data: { x: 2 } }, metadata, buffers: [bytes] },
        { type: "comm_close", content: { comm_id: "c", data: {} }, metadata, buffers: [] },
      ],
    );
  });

  it("sends what answers a page's message as belonging to that, and all else to the latest cell", async () => {
    const kernel = new RecordedSession();
    kernel.execute("a", "cell");
    await kernel.idle("a");
    const line: CommEvent = { type: "comm", event: "message", id: "c", data: {}, metadata: {}, buffers: [] };
    kernel.interpreter.emit({ ...line, request: { msg_id: "m", msg_type: "comm_msg" } });
    kernel.interpreter.emit(line);
    assert.deepEqual(
      kernel.sent.slice(-2).map(({ parent }) => parent?.msg_id),
      ["m", "a"],
    );
  });
});
