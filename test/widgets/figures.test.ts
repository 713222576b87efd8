import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { captionText } from "#dist/widgets/bundle.js";
import { categorise } from "#dist/widgets/categories.js";
import {
  embeddingMap,
  gallery,
  matrixTable,
  type PatchMapLike,
  type ProjectionLike,
  patchMapFigure,
  retrievalGrid,
  type SearchResultLike,
  scoreTable,
} from "#dist/widgets/index.js";
import { drawnPoints, placePoints, scatterPaths } from "#dist/widgets/scatter.js";
import { assertPng, caption, evil, markup } from "./bundles.js";
import { madeMatch, madeProjection, madeRegionMatch, madeSearch, shoeMap, shoePatches } from "./results.js";

describe("patchMapFigure(patchMap)", () => {
  let map: PatchMapLike;
  before(async () => {
    map = await shoeMap();
  });

  it("says of how many pictures, by which model at which size, and what to look for", async () => {
    const bundle = await patchMapFigure(map, { modelName: "m", size: 224, title: "Shoes" });
    assert.match(caption(bundle), /^Patch maps of 3 pictures by m at 224 px\..*3 × |432 patches.*Look for/s);
    assert.match(markup(bundle), /<h3 class="pl-title">Shoes<\/h3>/);
    assert.match(bundle["text/plain"], /^Shoes\nshoes-01\.jpg: \d+ % of 144 patches are foreground\n/);
    await assertPng(bundle, 800_000);
  });

  it("draws four tiles a picture and folds long lists", async () => {
    const maps = Array.from({ length: 4 }, () => map.maps).flat();
    const html = markup(await patchMapFigure({ ...map, maps }, { open: 2, limit: 10 }));
    assert.equal(html.match(/class="pl-tile"/g)?.length, 40);
    assert.match(html, /Show 8 more pictures/);
    assert.match(html, /The first 10 are drawn; histogram and shares are those of their patches\./);
    assert.match(html, /Histogram of the first component of 1,440 patches/);
  });

  it("gives the same bytes for the same map", async () => {
    const [a, b] = [await patchMapFigure(map), await patchMapFigure(map)];
    assert.deepEqual(a, b);
  });

  it("lets the page run the second step only when it has the patches", async () => {
    const patches = await shoePatches();
    assert.doesNotMatch(markup(await patchMapFigure(map)), /"tokens"/);
    assert.match(markup(await patchMapFigure(map, { patches })), /"tokens"/);
    await assert.rejects(patchMapFigure(map, { patches: patches.slice(1) }), ShapeError);
  });

  it("refuses a result without a map", async () => {
    await assert.rejects(patchMapFigure({ maps: [], threshold: 0.5 }), ArgumentError);
  });
});

describe("retrievalGrid(result)", () => {
  let result: SearchResultLike;
  before(async () => {
    result = await madeSearch();
  });

  it("shows every similarity with two decimals and its unit, best first", async () => {
    const bundle = await retrievalGrid(result, { size: [224, 448] });
    const numbers = [...markup(bundle).matchAll(/pl-similarity">(.*?) <small>cosine/g)].map(([, n]) => n);
    assert.equal(numbers.length, 22);
    assert.ok(numbers.every((n) => /^\u2212?\d\.\d\d$/.test(n)));
    assert.match(caption(bundle), /^Nearest pictures of 2 queries among 12 pictures by cell colours at 224 x 448 px\./);
    await assertPng(bundle, 900_000);
  });

  it("counts the hits that share the query's label", async () => {
    assert.match(markup(await retrievalGrid(result)), /2 of 11 hits share its label/);
  });

  it("says of each hit how it stands among random pairs, and what chance alone would give", async () => {
    const [query] = result.queries;
    const percentiles = [100, 99.998, 99.25, 62.9, 0.04, 0, undefined];
    const hits = percentiles.map((percentile, i) => ({
      ...query.hits[i],
      ...(percentile === undefined ? {} : { percentile }),
    }));
    const bundle = await retrievalGrid({ ...result, queries: [{ ...query, hits }] });
    assert.deepEqual(
      [...markup(bundle).matchAll(/pl-above-pairs">(.*?)</g)].map(([, words]) => words),
      [
        "above all random pairs",
        "above 99.99 % of random pairs",
        "above 99.2 % of random pairs",
        "above 62 % of random pairs",
        "above 0.04 % of random pairs",
        "above no random pair",
      ],
    );
    assert.match(caption(bundle), /share of random pairs .* by chance alone, the best of 12 would stand near 92 %\./);
    assert.match(bundle["text/plain"], / 0\.\d\d above 99\.2 % of random pairs, /);
    await assertPng(bundle, 900_000);
    assert.doesNotMatch(caption(await retrievalGrid(result)), /random/);
  });

  it("says which index was searched and how much of the truth it finds", async () => {
    const said = async (index: SearchResultLike["index"]): Promise<string> =>
      caption(await retrievalGrid({ ...result, index }));
    assert.match(await said({ kind: "exact" }), /Every one of the 12 vectors was compared\./);
    assert.match(
      await said({ kind: "hnsw", recall: 0.9731 }),
      /HNSW index .* found 97 % of the truly nearest \(its recall\)\./,
    );
    assert.match(await said({ kind: "hnsw", recall: 0.9997 }), /found 99\.97 % of/);
    assert.match(await said({ kind: "hnsw" }), /HNSW index .* was not measured\./);
    assert.doesNotMatch(await said(undefined), /index|compared/);
  });

  it("folds why hits were found below their query, the first six at most", async () => {
    const match = await madeMatch();
    const [query] = result.queries;
    const explain = (most: number) => ({
      ...result,
      queries: [{ ...query, hits: query.hits.map((hit, i) => (i < most ? { ...hit, match } : hit)) }],
    });
    const html = markup(await retrievalGrid(explain(2)));
    assert.match(html, /<summary>Show why the 2 best hits were found<\/summary>/);
    assert.equal(html.match(/class="pl-match"/g)?.length, 2);
    assert.match(html, /Hit 2 <small>0\.77 cosine<\/small>/);
    assert.equal(markup(await retrievalGrid(explain(9))).match(/class="pl-match"/g)?.length, 6);
    assert.doesNotMatch(markup(await retrievalGrid(result)), /pl-why|unfolds/);
  });

  it("outlines the box that was looked for in the query, and says what its numbers are", async () => {
    const match = await madeRegionMatch();
    const [query] = result.queries;
    const bundle = await retrievalGrid({
      ...result,
      queries: [
        { ...query, picture: match.a.picture, hits: [{ ...query.hits[0], similarity: match.similarity, match }] },
      ],
    });
    assert.match(
      markup(bundle),
      /viewBox="0 0 256 256" preserveAspectRatio="xMidYMid"[^>]*><path d="M64 128h64v64h-64z"/,
    );
    assert.match(caption(bundle), /the number is the mean cosine similarity of the patches in the outlined box/);
    await assertPng(bundle, 900_000);
  });

  it("embeds each picture's bytes and refers to no file", async () => {
    const sources = [...markup(await retrievalGrid(result)).matchAll(/ src="([^"]*)"/g)].map(([, src]) => src);
    assert.ok(sources.length >= 24);
    assert.ok(sources.every((src) => src.startsWith("data:image/jpeg;base64,")));
  });

  it("names a picture that cannot be read any more instead of failing", async () => {
    const gone = { name: "lost/gone.jpg", source: "lost/gone.jpg" };
    const html = markup(await retrievalGrid({ queries: [{ picture: gone, hits: [{ row: 0, similarity: 1 }] }] }));
    assert.match(html, /<span class="pl-missing">gone\.jpg<\/span>/);
  });
});

describe("embeddingMap(projection)", () => {
  let projection: ProjectionLike;
  before(async () => {
    projection = await madeProjection();
  });

  it("tells how far to trust the map and that its axes have no unit", async () => {
    const bundle = await embeddingMap({ ...projection, notes: ["fewer neighbours were used"] });
    assert.match(caption(bundle), /^UMAP map of 12 pictures by a model not named here\./);
    assert.match(caption(bundle), /axes have no unit.*trustworthiness 0\.91 of 1; 60 % .* over 5 neighbours/s);
    assert.match(caption(bundle), /Fewer neighbours were used\./);
    await assertPng(bundle, 400_000);
  });

  it("holds all thumbnails in one picture", async () => {
    assert.equal(markup(await embeddingMap(projection)).match(/data:image/g)?.length, 1);
  });

  it("works without pictures and labels, and for one point", async () => {
    const points = { data: Float32Array.of(3, 4), rows: 1, cols: 2 };
    const html = markup(await embeddingMap({ points }));
    assert.doesNotMatch(html, /NaN|Infinity|data:image/);
  });

  it("draws at most 4,000 points of a large map in its picture and says so there", async () => {
    const random = seededRandom(3);
    const points = { data: Float32Array.from({ length: 200_000 }, () => random()), rows: 100_000, cols: 2 };
    const labels = Array.from({ length: points.rows }, (_, i) => `kind ${i % 5}`);
    const categories = categorise(labels, points.rows);
    const marks = scatterPaths(placePoints(points, 720, 400, 10), categories, 2).match(/M/g);
    assert.equal(marks?.length, 4000);
    const bundle = await embeddingMap({ points, labels });
    assert.doesNotMatch(caption(bundle) + bundle["text/plain"], /4,000/);
  });

  it("refuses points that are not finite, not in a plane, or do not fit their labels", async () => {
    const points = (data: number[], cols = 2) => ({ data: Float32Array.from(data), rows: data.length / cols, cols });
    await assert.rejects(embeddingMap({ points: points([0, 0, Number.NaN, 1]) }), NotFiniteError);
    await assert.rejects(embeddingMap({ points: points([1, 2, 3], 3) }), ShapeError);
    await assert.rejects(embeddingMap({ points: points([1, 2]), labels: ["a", "b"] }), /labels holds 2 entries/);
    await assert.rejects(embeddingMap({ points: points([]) }), ArgumentError);
  });
});

describe("captionText(caption, medium)", () => {
  it("says what a still picture leaves out only beside the picture, and nothing about controls", () => {
    const parts = { shows: "A.", reading: "B.", live: "Slide.", still: "Some.", lookFor: "c." };
    assert.equal(captionText(parts, "picture"), "A. B. Some. Look for c.");
    assert.equal(captionText(parts, "text"), "A. B. Look for c.");
  });
});

describe("drawnPoints(n, most)", () => {
  it("takes all of few points and one of each equal stretch of many, the same every time", () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.integer({ min: 1, max: 300 }), (n, most) => {
        const drawn = drawnPoints(n, most);
        assert.deepEqual(drawn, drawnPoints(n, most));
        assert.equal(drawn.length, Math.min(n, most));
        drawn.forEach((point, k) => {
          const [from, to] = n <= most ? [k, k + 1] : [Math.floor((k * n) / most), Math.floor(((k + 1) * n) / most)];
          assert.ok(point >= from && point < to);
        });
      }),
    );
  });

  it("drops no kind of an order that repeats", () => {
    assert.deepEqual([...new Set(drawnPoints(50_000).map((i) => i % 25))].length, 25);
  });
});

describe("scoreTable(scores)", () => {
  const scores = {
    meanAveragePrecision: 0.8125,
    precision: [1, 5].map((k) => ({ k, value: 1 / k })),
    recall: [1, 5].map((k) => ({ k, value: k / 10 })),
    queries: 1200,
    leftOut: 1,
    byLabel: [],
  };
  const labelScores = (label: string | number, value: number) => ({
    label,
    queries: 3,
    meanAveragePrecision: value,
    precision: [1, 5].map((k) => ({ k, value: value / k })),
    recall: [1, 5].map((k) => ({ k, value: (value * k) / 10 })),
  });

  it("puts precision beside recall for each k, and the mean with its scale into the caption", async () => {
    const bundle = await scoreTable(scores, { modelName: "m" });
    assert.match(markup(bundle), /<th scope="row">5<\/th><td>0\.200<\/td><td>0\.500<\/td>/);
    assert.match(
      caption(bundle),
      /^Mean average precision 0\.813 of 1 over 1,200 queries by m\. 1 row whose label .* is left/,
    );
    assert.match(
      bundle["text/plain"],
      /^Retrieval scores of 1,200 queries\namong the first 1: precision 1\.000, recall 0\.100\n/,
    );
    await assertPng(bundle, 100_000);
  });

  it("puts a line a label below, the worst found first, and folds many", async () => {
    const byLabel = [labelScores("<b>", 0.9), labelScores("dress", 0.25), labelScores(7, 0.5)];
    const bundle = await scoreTable({ ...scores, byLabel });
    const lines = [...markup(bundle).matchAll(/<tr><th scope="row">([^<]*)<\/th><td>3<\/td><td>([\d.]+)</g)];
    assert.deepEqual(
      lines.map(([, label, value]) => [label, value]),
      [
        ["dress", "0.250"],
        ["7", "0.500"],
        ["&lt;b&gt;", "0.900"],
      ],
    );
    assert.match(
      markup(bundle),
      /--pl-share:25%"><\/i><\/td><td>0\.250<\/td><td>0\.050<\/td><td>0\.025<\/td><td>0\.125</,
    );
    assert.match(caption(bundle), /Look for labels far below the mean/);
    assert.match(bundle["text/plain"], /the worst found first: dress 0\.250, 7 0\.500, <b> 0\.900\n/);
    await assertPng(bundle, 100_000);
    const many = Array.from({ length: 40 }, (_, i) => labelScores(`label ${i}`, i / 40));
    assert.match(markup(await scoreTable({ ...scores, byLabel: many })), /Show 28 more labels/);
    assert.match(markup(await scoreTable({ ...scores, byLabel: many }, { openLabels: 30 })), /Show 10 more labels/);
  });

  it("leaves the lines out where one label is all there is", async () => {
    assert.doesNotMatch(markup(await scoreTable({ ...scores, byLabel: [labelScores("a", 0.8125)] })), /By label/);
  });

  it("shows no number where there was no query", async () => {
    const none = {
      meanAveragePrecision: Number.NaN,
      precision: [{ k: 1, value: Number.NaN }],
      recall: [],
      queries: 0,
      leftOut: 4,
      byLabel: [],
    };
    assert.doesNotMatch(markup(await scoreTable(none)), /NaN/);
  });
});

describe("gallery(pictures) and matrixTable(matrix)", () => {
  it("count what could not be read", async () => {
    const bundle = await gallery(["/nowhere/a.jpg", { data: new Uint8Array(12), width: 2, height: 2 }]);
    assert.match(caption(bundle), /^2 pictures, none stretched\. 1 picture could not be read and only has its name\.$/);
  });

  it("write out a corner and say how large the whole is", async () => {
    const matrix = { data: Float32Array.from({ length: 600 }, (_, i) => i - 3), rows: 30, cols: 20 };
    const bundle = await matrixTable(matrix, { rows: 4, cols: 3 });
    assert.match(caption(bundle), /^A matrix of 30 rows and 20 columns\. Written out: 4 rows, 3 columns/);
    assert.equal(markup(bundle).match(/<td>[\u2212\d]/g)?.length, 12);
    await assert.rejects(matrixTable({ ...matrix, rows: 2 }), ShapeError);
  });
});

describe("text from outside", () => {
  it("never becomes markup in any figure", async () => {
    const picture = { name: evil, source: "/nowhere" };
    const points = { data: Float32Array.of(0, 0, 1, 1), rows: 2, cols: 2 };
    const [map] = (await shoeMap()).maps;
    const options = { title: evil, modelName: evil };
    const bundles = [
      await patchMapFigure({ maps: [{ ...map, picture }], threshold: 0.5 }, options),
      await retrievalGrid(
        { queries: [{ picture, label: evil, hits: [{ row: 0, similarity: 1, picture, label: evil }] }] },
        { ...options, unit: evil },
      ),
      await embeddingMap({ points, pictures: [picture, picture], labels: [evil, "b"] }, { ...options, method: evil }),
      await gallery([picture], { ...options, labels: [evil] }),
      await matrixTable(points, { ...options, caption: evil }),
    ];
    for (const bundle of bundles) {
      await assertPng(bundle, 800_000);
      const html = markup(bundle).replace(/<script type="application\/json">[^<]*<\/script>/g, "");
      assert.doesNotMatch(html, /<script|alert\('x'\)/);
      assert.match(html, /&quot;&gt;&lt;script&gt;/);
    }
  });
});
