import assert from "node:assert/strict";
import sharp from "sharp";
import { ArgumentError } from "#dist/core/errors.js";
import { type CellFunctionSet, createCellFunctions, type ValueEvent } from "#dist/kernel/values/cell-functions.js";
import { toDisplayData } from "#dist/kernel/values/display-data.js";

const own = Symbol.for("Jupyter.display");

type Told = [text: unknown, update: boolean];

interface Recorded extends CellFunctionSet {
  readonly events: ValueEvent[];
  /** the text and kind of each display */
  told(): Told[];
}

function record(): Recorded {
  const events: ValueEvent[] = [];
  const set = createCellFunctions((event) => events.push(event));
  const told = (): Told[] =>
    events.flatMap((event) => (event.type === "display" ? [[event.data["text/plain"], event.update] as Told] : []));
  return { ...set, events, told };
}

describe("display(value)", () => {
  it("shows at once, under an id of its own, and replaces what it showed", () => {
    const { functions, events } = record();
    const first = functions.display([1]);
    const second = functions.display("b", { id: "mine" });
    first.update(2);
    assert.equal(second.id, "mine");
    assert.notEqual(first.id, second.id);
    const display = { type: "display", metadata: {} };
    assert.deepEqual(events, [
      { ...display, data: { "text/plain": "[ 1 ]" }, displayId: first.id, update: false },
      { ...display, data: { "text/plain": "b" }, displayId: "mine", update: false },
      { ...display, data: { "text/plain": "2" }, displayId: first.id, update: true },
    ]);
  });

  it("shows undefined as such, since it was asked to, and nothing for an empty bundle until there is something", () => {
    const { functions, told } = record();
    functions.display(undefined);
    const empty = functions.display({ [own]: () => ({}) });
    assert.deepEqual(told(), [["undefined", false]]);
    empty.update("now");
    empty.update({ [own]: () => ({}) });
    assert.deepEqual(told().slice(1), [
      ["now", false],
      ["", true],
    ]);
  });

  it("keeps updates in order while one of them is still being drawn, and tells when all is shown", async () => {
    const { functions, told, settled } = record();
    let draw!: (bundle: object) => void;
    const handle = functions.display({ [own]: () => new Promise((resolve) => (draw = resolve)) });
    handle.update("later");
    functions.display("elsewhere");
    assert.deepEqual(told(), [["elsewhere", false]]);
    draw({ "text/plain": "drawn" });
    await handle.ready;
    await settled();
    assert.deepEqual(told().slice(1), [
      ["drawn", false],
      ["later", true],
    ]);
    handle.update("at once");
    assert.deepEqual(told().at(-1), ["at once", true]);
  });

  it("draws a picture of sharp before settled() is over", async () => {
    const { functions, told, settled } = record();
    functions.display(sharp({ create: { width: 3, height: 2, channels: 3, background: "red" } }));
    await settled();
    assert.deepEqual(told(), [["PNG, 3 × 2 px, 1 kB", false]]);
  });

  it("gives a handle that shows nothing as the last value of a cell", () => {
    const { functions } = record();
    assert.equal(toDisplayData(functions.display(1)), undefined);
    assert.equal(toDisplayData(functions.progress(3)), undefined);
  });

  it("shows an error with the cells' lines, where it is told them", () => {
    const events: ValueEvent[] = [];
    const context = { folder: "/", sourceOf: () => "throw new Error()" };
    const { functions } = createCellFunctions((event) => events.push(event), context);
    functions.display(Object.assign(new Error("a"), { stack: "Error: a\n    at cell [1]:1:7" }));
    const [event] = events;
    assert.ok(event?.type === "display");
    assert.match(String(event.data["text/plain"]), /^Error: a\n {4}at cell \[1\]:1:7\n\n> 1 \| throw new Error/);
  });

  it("refuses an id that is no text", () => {
    const { functions, events } = record();
    assert.throws(() => functions.display(1, { id: 3 as never }), ArgumentError);
    assert.throws(() => functions.display(1, { id: "" }), ArgumentError);
    assert.deepEqual(events, []);
  });
});

describe("clearOutput(wait)", () => {
  it("clears at once, or with the next output", () => {
    const { functions, events } = record();
    functions.clearOutput();
    functions.clearOutput(true);
    assert.deepEqual(events, [
      { type: "clear", wait: false },
      { type: "clear", wait: true },
    ]);
  });
});

describe("progress(…)", () => {
  it("gives every item in order and ends with a bar that is done, which replaced the one before", () => {
    const { functions, events, told } = record();
    const seen = [...functions.progress(["a", "b", "c"], { label: "reading" })];
    assert.deepEqual(seen, ["a", "b", "c"]);
    assert.equal(new Set(events.map((event) => event.type === "display" && event.displayId)).size, 1);
    const all = told();
    assert.deepEqual(all[0], ["reading  ░░░░░░░░░░░░░░░░░░░░  0 % · 0/3", false]);
    assert.match(String(all.at(-1)![0]), /^reading {2}█{20} {2}3\/3 in \d+ ms$/);
    assert.ok(all.slice(1).every(([, update]) => update));
  });

  it("draws a fast loop of 100,000 items a few times only, and its last state always", () => {
    const { functions, told } = record();
    let sum = 0;
    for (const i of functions.progress(Array.from({ length: 100_000 }, (_, i) => i))) sum += i;
    assert.equal(sum, 4_999_950_000);
    assert.match(String(told().at(-1)![0]), /100,000\/100,000 in/);
    assert.ok(told().length < 200, `${told().length} pictures`);
  });

  it("marks the bar as stopped where a loop is left by break or by an error, whose own it stays", () => {
    const { functions, told } = record();
    for (const item of functions.progress([1, 2, 3])) if (item === 2) break;
    assert.match(String(told().at(-1)![0]), /stopped at 1\/3 after/);
    const failing = (): void => {
      for (const item of functions.progress([1, 2, 3])) if (item === 3) throw new RangeError("third");
    };
    assert.throws(failing, new RangeError("third"));
    assert.match(String(told().at(-1)![0]), /stopped at 2\/3 after/);
  });

  it("marks the bar as stopped where the items end in an error, and closes them where the loop is left", () => {
    const { functions, told } = record();
    let closed = false;
    function* items(): Generator<number> {
      try {
        yield 1;
        yield 2;
        throw new Error("no third");
      } finally {
        closed = true;
      }
    }
    assert.throws(() => [...functions.progress(items())], /no third/);
    assert.match(String(told().at(-1)![0]), /stopped at 2 after/);
    closed = false;
    for (const _ of functions.progress(items())) break;
    assert.equal(closed, true);
  });

  it("counts items of which nobody knows how many there are, and takes a total that is given", () => {
    const { functions, told } = record();
    function* items(): Generator<number> {
      yield 1;
      yield 2;
    }
    assert.deepEqual([...functions.progress(items())], [1, 2]);
    assert.match(String(told()[0]![0]), /^0$/);
    assert.match(String(told().at(-1)![0]), /^█{20} {2}2 in/);
    assert.deepEqual([...functions.progress(items(), { total: 4 })], [1, 2]);
    assert.match(String(told().at(-1)![0]), /2\/4 in/);
    assert.deepEqual([...functions.progress(new Set([5, 6]))], [5, 6]);
    assert.match(String(told().at(-1)![0]), /2\/2 in/);
  });

  it("awaits the items of an asynchronous source", async () => {
    const { functions, told } = record();
    async function* items(): AsyncGenerator<string> {
      yield "a";
      await Promise.resolve();
      yield "b";
    }
    const seen: string[] = [];
    for await (const item of functions.progress(items())) seen.push(item);
    assert.deepEqual(seen, ["a", "b"]);
    assert.match(String(told().at(-1)![0]), /2 in/);
  });

  it("draws the state that a pause hid, while the loop waits for its next item", async () => {
    const { functions, told } = record();
    const bar = functions.progress(10);
    bar.tick(3);
    assert.equal(told().length, 1);
    const waited = performance.now();
    while (told().length < 2 && performance.now() - waited < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(String(told()[1]![0]), /3\/10/);
  });

  it("moves by hand, is done at its total, and can be ended as done or stopped", () => {
    const { functions, told } = record();
    const bar = functions.progress(4, { label: "by hand" });
    bar.tick();
    bar.tick(2);
    assert.deepEqual([bar.count, bar.total], [3, 4]);
    bar.set(4);
    assert.match(String(told().at(-1)![0]), /^by hand {2}█{20} {2}4\/4 in/);
    bar.stop();
    assert.match(String(told().at(-1)![0]), /4\/4 in/);
    const open = functions.progress();
    open.tick(7);
    open.done();
    assert.match(String(told().at(-1)![0]), /7 in/);
    functions.progress(0).done();
    assert.match(String(told().at(-1)![0]), /█{20} {2}0\/0 in/);
  });

  it("stops the bars that still run, and only those, when a cell is cut off; one that goes on runs again", () => {
    const { functions, told, stop } = record();
    functions.progress(1).tick();
    const bar = functions.progress(3);
    const before = told().length;
    stop();
    assert.equal(told().length, before + 1);
    assert.match(String(told().at(-1)![0]), /stopped at 0\/3/);
    bar.tick();
    assert.match(String(told().at(-1)![0]), /33 % · 1\/3/);
  });

  it("escapes its label", () => {
    const { functions, events } = record();
    functions.progress(3, { label: `<b>"&'` });
    const [event] = events;
    assert.ok(event?.type === "display");
    assert.match(String(event.data["text/html"]), /<span>&lt;b&gt;&quot;&amp;&#39;<\/span>/);
    assert.match(
      String(event.data["text/html"]),
      /role="progressbar" aria-label="&lt;b&gt;&quot;&amp;&#39;" aria-valuemin="0" aria-valuemax="3" aria-valuenow="0"/,
    );
  });

  it("refuses what is neither a total nor items, and a count that is none", () => {
    const { functions, events } = record();
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, null, {}, true]) {
      assert.throws(() => functions.progress(wrong as never), ArgumentError);
    }
    assert.throws(() => functions.progress(3, { label: 3 as never }), ArgumentError);
    assert.throws(() => functions.progress([], { total: -1 }), ArgumentError);
    assert.deepEqual(events, []);
    assert.throws(() => functions.progress(3).tick(Number.NaN), ArgumentError);
    assert.throws(() => functions.progress(3).set(-1), ArgumentError);
  });
});
