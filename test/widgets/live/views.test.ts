/** What `show` gives back, against a page that the test plays. */
import assert from "node:assert/strict";
import { ArgumentError, DegenerateDataError, ShapeError } from "#dist/core/errors.js";
import { type PatchMap, patchMap } from "#dist/core/features/patch-map.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { type MimeBundle, show } from "#dist/widgets/index.js";
import { type FakeLine, type FakeNotebook, fakeNotebook, strayErrors } from "../../support/fake-comms.js";
import { madeProjection, madeSearch, shoeMap, shoePatches } from "../results.js";

let notebook: FakeNotebook;
const line = (i = 0): FakeLine => notebook.lines[i];
const stateOf = ({ opened }: FakeLine): Record<string, unknown> => opened.data.state as Record<string, unknown>;
const valuesSent = (one: FakeLine): unknown[] =>
  one.sent.flatMap(({ data }) => (data.method === "update" ? [(data.state as { value: unknown }).value] : []));
const figureName = (bundle: unknown): string | undefined =>
  /<figure class="patchlab" data-line="([^"]+)"/.exec((bundle as MimeBundle)["text/html"])?.[1];

function displayed(view: object): unknown {
  return (view as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")]();
}

/** The page moves to another value. */
function move(to: FakeLine, value: number | null): void {
  to.say({ method: "update", state: { value }, buffer_paths: [] });
}

function select(to: FakeLine, rows: readonly number[]): void {
  const bytes = new Uint8Array(Uint32Array.from(rows).buffer);
  to.say({ method: "update", state: {}, buffer_paths: [["value"]] }, [bytes]);
}

/** Resolves when the kernel has sent the map at a threshold. */
async function mapSent(by: FakeLine, threshold: number): Promise<Uint8Array[]> {
  for (let i = 0; i < 500; i++) {
    const found = by.sent.find(
      ({ data }) => data.method === "custom" && (data.content as { threshold: number }).threshold === threshold,
    );
    if (found) return found.buffers as Uint8Array[];
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`no map at ${threshold} was sent`);
}

const joined = (map: PatchMap, part: "mask" | "rgb"): Uint8Array => Buffer.concat(map.maps.map((one) => one[part]));

describe("show(patch map) in a notebook whose page answers", () => {
  let patches: Patches[];
  let map: PatchMap;
  before(async () => {
    patches = await shoePatches();
    map = await patchMap(patches);
  });
  beforeEach(() => {
    notebook = fakeNotebook();
    notebook.execution = { replaced: false };
  });
  afterEach(() => notebook.remove());

  it("shows the figure, and opens a line of the figure's name that has no output of its own", async () => {
    const view = await show(map, { patches });
    assert.equal(notebook.shown.length, 1);
    assert.deepEqual(Object.keys(notebook.shown[0]).sort(), ["image/png", "text/html", "text/plain"]);
    assert.equal(notebook.lines.length, 1);
    const { figure, value, _esm } = stateOf(line());
    assert.equal(figure, figureName(notebook.shown[0]));
    assert.equal(value, map.threshold);
    assert.match(String(_esm), /initialize/);
    assert.deepEqual(displayed(view), {});
  });

  it("follows the slider, computes the map anew from all patches, and sends it", async () => {
    const view = await show(map, { patches });
    const heard: number[] = [];
    view.onChange((threshold) => heard.push(threshold));
    const threshold = map.threshold + 0.1;
    move(line(), threshold);
    assert.deepEqual([view.threshold, heard], [threshold, [threshold]]);
    assert.equal(line().sent[0].data.method, "echo_update");
    const [mask, rgb] = await mapSent(line(), threshold);
    const now = await view.map;
    assert.deepEqual([mask, rgb].map(Buffer.from), [joined(now, "mask"), joined(now, "rgb")]);
    const expected = await patchMap(patches, { threshold, foreground: map.recipe.flipped ? "low" : "high" });
    assert.deepEqual(joined(now, "mask"), joined(expected, "mask"));
    assert.equal(now.foregroundShare, expected.foregroundShare);
    assert.deepEqual(now.secondPca.explainedVariance, expected.secondPca.explainedVariance);
    assert.equal(now.recipe.threshold, threshold);
  });

  it("keeps the signs of the map's components, so that parts keep their colours", async () => {
    const view = await show(map, { patches });
    view.threshold = map.threshold + 0.05;
    const { maps } = await view.map;
    for (let axis = 0; axis < 3; axis++) {
      const product = maps.reduce(
        (sum, { scores }, m) =>
          sum + scores.reduce((part, s, i) => (i % 3 === axis ? part + s * map.maps[m].scores[i] : part), 0),
        0,
      );
      assert.ok(product > 0, `axis ${axis} is turned: ${product}`);
    }
  });

  it("gives a map whose recipe makes the same map of the same patches", async () => {
    const view = await show(map, { patches });
    view.threshold = map.threshold + 0.05;
    const now = await view.map;
    const again = await patchMap(patches, { recipe: now.recipe });
    assert.deepEqual(joined(again, "mask"), joined(now, "mask"));
    const most = joined(again, "rgb").reduce((worst, v, i) => Math.max(worst, Math.abs(v - joined(now, "rgb")[i])), 0);
    assert.ok(most <= 1, `colours differ by ${most}`);
  });

  it("moves the slider when the threshold is set, and is the map itself where it began", async () => {
    const view = await show(map, { patches });
    view.threshold = 0.4;
    view.threshold = map.threshold;
    assert.deepEqual(valuesSent(line()), [0.4, map.threshold]);
    assert.equal(await view.map, map);
    for (const wrong of [1.2, -0.1, Number.NaN, null, "0.3"])
      assert.throws(() => {
        view.threshold = wrong as number;
      }, ArgumentError);
    assert.equal(view.threshold, map.threshold);
  });

  it("sends the map where the slider has come to rest, and not all that it passed", async () => {
    await show(map, { patches });
    const steps = Array.from({ length: 30 }, (_, i) => map.threshold + 0.005 * (i + 1));
    for (const threshold of steps) move(line(), threshold);
    await mapSent(line(), steps.at(-1)!);
    const sent = line().sent.filter(({ data }) => data.method === "custom");
    assert.ok(sent.length < 4, `${sent.length} maps were sent`);
  });

  it("sends the map to a page that was loaded again, unless it knows that map already", async () => {
    const view = await show(map, { patches });
    line().say({ method: "custom", content: "map" });
    await view.map;
    await new Promise((done) => setTimeout(done, 20));
    assert.equal(line().sent.length, 0);
    view.threshold = 0.4;
    await mapSent(line(), 0.4);
    line().sent.length = 0;
    line().say({ method: "custom", content: "map" });
    await mapSent(line(), 0.4);
  });

  it("leaves the picture to the page and says why where too little foreground is left", async () => {
    const view = await show(map, { patches });
    move(line(), 1);
    await assert.rejects(view.map, DegenerateDataError);
    move(line(), 0.4);
    await mapSent(line(), 0.4);
    assert.equal(line().sent.filter(({ data }) => data.method === "custom").length, 1);
  });

  it("sends the maps that are drawn and computes all", async () => {
    const view = await show(map, { patches, limit: 2 });
    view.threshold = 0.4;
    const [mask] = await mapSent(line(), 0.4);
    assert.equal(mask.length, map.maps[0].mask.length + map.maps[1].mask.length);
    assert.equal((await view.map).maps.length, 3);
  });

  it("keeps the map's own axes where the patches are not there", async () => {
    const view = await show(map);
    view.threshold = map.threshold + 0.1;
    const now = await view.map;
    assert.equal(now.threshold, view.threshold);
    assert.deepEqual(now.maps[0].scores, map.maps[0].scores);
    const [mask, rgb] = await mapSent(line(), view.threshold);
    assert.deepEqual([mask, rgb].map(Buffer.from), [joined(now, "mask"), joined(now, "rgb")]);
  });

  it("takes the first components of the patches where a map knows no recipe", async () => {
    const { maps, threshold } = map;
    const view = await show({ maps, threshold }, { patches });
    view.threshold = 0.4;
    const now = await view.map;
    assert.deepEqual(
      now.maps.map(({ mask }) => mask),
      maps.map(({ first }) => Uint8Array.from(first, (v) => (v > 0.4 ? 1 : 0))),
    );
  });

  it("does not believe a page that says what no threshold is", async () => {
    const view = await show(map, { patches });
    const errors = await strayErrors(() => {
      move(line(), 7);
      move(line(), null);
      select(line(), [1]);
    });
    assert.deepEqual(
      errors.map((error) => error instanceof ArgumentError),
      [true, true, true],
    );
    assert.equal(view.threshold, map.threshold);
  });

  it("refuses patches that are not the map's before it shows anything", async () => {
    await assert.rejects(show(map, { patches: patches.slice(1) }), ShapeError);
    assert.deepEqual([notebook.shown.length, notebook.lines.length], [0, 0]);
  });

  it("goes on by itself after its line was closed, here or in the page", async () => {
    for (const end of ["here", "page"] as const) {
      const view = await show(map, { patches });
      const own = notebook.lines.at(-1)!;
      if (end === "here") view.close();
      else own.leave();
      view.threshold = 0.4;
      assert.equal((await view.map).threshold, 0.4);
      assert.deepEqual([own.open, own.sent], [false, []]);
    }
  });

  it("answers every page that shows the same figure", async () => {
    const view = await show(map, { patches });
    move(line(), 0.4);
    move(line(), 0.42);
    const echoes = line().sent.flatMap(({ data }) => (data.method === "echo_update" ? [data.state] : []));
    assert.deepEqual(echoes, [{ value: 0.4 }, { value: 0.42 }]);
    assert.equal(view.threshold, 0.42);
  });
});

describe("show(projection) in a notebook whose page answers", () => {
  beforeEach(() => {
    notebook = fakeNotebook();
  });
  afterEach(() => notebook.remove());

  it("knows the points that the reader selects, in the order of their rows, with their pictures and labels", async () => {
    const projection = await madeProjection();
    const view = await show(projection);
    assert.deepEqual([view.selection, view.selected], [new Uint32Array(), []]);
    const heard: number[][] = [];
    view.onChange((rows) => heard.push([...rows]));
    select(line(), [7, 2]);
    assert.deepEqual(view.selection, Uint32Array.of(2, 7));
    assert.deepEqual(
      view.selected,
      [2, 7].map((row) => ({ row, picture: projection.pictures?.[row], label: projection.labels?.[row] })),
    );
    select(line(), []);
    assert.deepEqual([[...view.selection], view.selected, heard], [[], [], [[2, 7], []]]);
  });

  it("marks the points that are set, each once", async () => {
    const view = await show(madeProjection());
    view.selection = [5, 1, 5];
    const { data, buffers } = line().sent[0];
    assert.deepEqual(data, { method: "update", state: {}, buffer_paths: [["value"]] });
    assert.deepEqual([...buffers[0]], [1, 0, 0, 0, 5, 0, 0, 0]);
    assert.deepEqual(view.selection, Uint32Array.of(1, 5));
    for (const wrong of [[12], [-1], [0.5], 3, null])
      assert.throws(() => {
        view.selection = wrong as number[];
      }, ArgumentError);
    assert.deepEqual(view.selection, Uint32Array.of(1, 5));
  });

  it("does not believe a page that names rows which are not there", async () => {
    const view = await show(madeProjection());
    const errors = await strayErrors(() => {
      select(line(), [3, 4000]);
      line().say({ method: "update", state: { value: "x" } });
    });
    assert.equal(errors.length, 2);
    assert.deepEqual([...view.selection], []);
  });

  it("is shown by names where there are no pictures or labels", async () => {
    const { points } = await madeProjection();
    const view = await show({ points });
    view.selection = [3];
    assert.deepEqual(view.selected, [{ row: 3 }]);
  });
});

describe("lines of figures", () => {
  beforeEach(() => {
    notebook = fakeNotebook();
  });
  afterEach(() => notebook.remove());

  it("end when their cell runs again, and not when another does", async () => {
    const projection = await madeProjection();
    const [first, other] = [{ replaced: false }, { replaced: false }];
    notebook.execution = first;
    await show(projection);
    await show(projection);
    notebook.execution = other;
    await show(projection);
    assert.deepEqual(
      notebook.lines.map(({ open }) => open),
      [true, true, true],
    );
    first.replaced = true;
    notebook.execution = { replaced: false };
    await show(projection);
    assert.deepEqual(
      notebook.lines.map(({ open }) => open),
      [false, false, true, true],
    );
  });

  it("are not opened where nobody is at the page, or no page answers, and the view works without", async () => {
    const projection = await madeProjection();
    const map = await shoeMap();
    notebook.execution = { replaced: false, attended: false };
    await show(projection);
    notebook.remove();
    const quiet = fakeNotebook({ comms: false });
    const [points, patch] = [await show(projection), await show(map, { patches: await shoePatches() })];
    assert.equal(notebook.lines.length, 0);
    for (const bundle of [...notebook.shown, ...quiet.shown]) assert.equal(figureName(bundle), undefined);
    points.selection = [1];
    patch.threshold = 0.4;
    assert.deepEqual([points.selected[0].row, (await patch.map).threshold], [1, 0.4]);
    assert.deepEqual([displayed(points), displayed(patch)], [{}, {}]);
  });

  it("are for maps alone: other figures give nothing back", async () => {
    assert.equal(await show(madeSearch()), undefined);
    assert.deepEqual([notebook.shown.length, notebook.lines.length], [1, 0]);
  });
});

describe("show(projection) in Deno", () => {
  it("gives a view that displays itself as the bundle it holds", async () => {
    const global = globalThis as { Deno?: unknown };
    global.Deno = {};
    try {
      const view = await show(madeProjection());
      const bundle = displayed(view) as MimeBundle;
      assert.deepEqual(Object.keys(bundle).sort(), ["image/png", "text/html", "text/plain"]);
      assert.equal((view as unknown as MimeBundle)["text/plain"], bundle["text/plain"]);
      view.selection = [1];
      assert.deepEqual([...view.selection], [1]);
    } finally {
      delete global.Deno;
    }
  });
});
