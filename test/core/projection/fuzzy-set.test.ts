import assert from "node:assert/strict";
import { neighbours } from "#dist/core/numeric/neighbours.js";
import { fuzzySet, type Graph, type NeighbourTable } from "#dist/core/projection/fuzzy-set.js";
import { normalMatrix } from "../../support/samples.js";

async function table(n: number, k: number): Promise<NeighbourTable> {
  const found = await neighbours(normalMatrix(n, 6, 1), { k, metric: "euclidean", excludeSelf: true });
  return { indices: found.indices, distances: found.distances, n, k };
}

function entries({ starts, columns, weights }: Graph): Map<string, number> {
  const map = new Map<string, number>();
  for (let i = 0; i + 1 < starts.length; i++)
    for (let e = starts[i]; e < starts[i + 1]; e++) map.set(`${i},${columns[e]}`, weights[e]);
  return map;
}

describe("fuzzySet", () => {
  it("is symmetric, with weights above 0 up to 1 and no row joined to itself", async () => {
    const graph = entries(fuzzySet(await table(150, 8)));
    for (const [key, weight] of graph) {
      const [i, j] = key.split(",");
      assert.notEqual(i, j);
      assert.ok(weight > 0 && weight <= 1);
      assert.equal(graph.get(`${j},${i}`), weight);
    }
  });

  it("joins exactly the pairs of which one is a neighbour of the other", async () => {
    const t = await table(150, 8);
    const pairs = new Set<string>();
    t.indices.forEach((j, at) => {
      const i = Math.floor(at / t.k);
      pairs.add(`${i},${j}`).add(`${j},${i}`);
    });
    assert.deepEqual(new Set(entries(fuzzySet(t)).keys()), pairs);
  });

  it("gives the nearest neighbour weight 1 and each row log2 of its neighbourhood in all, before the union", () => {
    // row 0 alone looks at others, so that its weights pass the union unchanged
    const distances = Float32Array.of(1, 1.5, 2, 4);
    const indices = Int32Array.of(3, 1, 4, 2);
    const n = 5;
    const t = { indices: new Int32Array(n * 4), distances: new Float32Array(n * 4).fill(1), n, k: 4 };
    for (let i = 1; i < n; i++)
      t.indices.set([(i % 4) + 1, ((i + 1) % 4) + 1, ((i + 2) % 4) + 1, ((i + 1) % 4) + 1], i * 4);
    t.indices.set(indices);
    t.distances.set(distances);
    const graph = entries(fuzzySet(t));
    assert.equal(graph.get("0,3"), 1);
    const sum = [1, 2, 3, 4].reduce((total, j) => total + (graph.get(`0,${j}`) ?? 0), 0);
    assert.ok(Math.abs(sum - Math.log2(5)) < 1e-4, `sum ${sum}`);
  });

  it("joins duplicates with weight 1", () => {
    const t = { indices: Int32Array.of(1, 2, 0, 2, 0, 1), distances: new Float32Array(6), n: 3, k: 2 };
    assert.deepEqual([...entries(fuzzySet(t)).values()], [1, 1, 1, 1, 1, 1]);
  });
});
