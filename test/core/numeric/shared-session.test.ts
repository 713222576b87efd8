import assert from "node:assert/strict";
import { ArgumentError } from "#dist/core/errors.js";
import { holdBase } from "#dist/core/numeric/held-base.js";
import { metricSpace } from "#dist/core/numeric/metric-space.js";
import { sharedSession } from "#dist/core/numeric/shared-session.js";
import { finish } from "#dist/core/numeric/steps.js";
import type { Runtime, Session } from "#dist/core/runtime/runtime.js";
import type { HeldTensor, Tensor } from "#dist/core/runtime/tensor.js";
import { normalMatrix } from "../../support/samples.js";

function runtimeThat(parts: Partial<Runtime>): Runtime {
  return parts as Runtime;
}

function opening(): { runtime: Runtime; opened: () => number } {
  let count = 0;
  const open = async () => ({ opened: ++count }) as unknown as Session;
  return { runtime: runtimeThat({ open }), opened: () => count };
}

describe("sharedSession(buildGraph)", () => {
  it("opens its graph once in each runtime", async () => {
    const session = sharedSession(() => new Uint8Array());
    const [a, b] = [opening(), opening()];
    const both = await Promise.all([session(a), session(a)]);
    assert.equal(both[0], both[1]);
    assert.notEqual(await session(b), both[0]);
    assert.deepEqual([a.opened(), b.opened()], [1, 1]);
  });

  it("opens its graph once for each number of threads", async () => {
    const session = sharedSession(() => new Uint8Array());
    const { runtime, opened } = opening();
    const one = await session({ runtime, threads: 1 });
    assert.notEqual(await session({ runtime, threads: 2 }), one);
    assert.equal(await session({ runtime, threads: 1 }), one);
    assert.equal(opened(), 2);
    await assert.rejects(session({ runtime, threads: 0 }), ArgumentError);
  });

  it("tries again what could not be opened", async () => {
    let count = 0;
    const open = async () => {
      if (++count === 1) throw new Error("no memory");
      return {} as Session;
    };
    const session = sharedSession(() => new Uint8Array());
    const runtime = runtimeThat({ open });
    await assert.rejects(session({ runtime }), { message: "no memory" });
    await session({ runtime });
    assert.equal(count, 2);
  });
});

describe("holdBase(space)", () => {
  it("releases what it holds when it cannot hold the rest", async () => {
    const held = new Set<number>();
    const hold = async ({ dims }: Tensor): Promise<HeldTensor> => {
      if (held.size === 1) throw new Error("no memory");
      held.add(dims[0]);
      return { held: dims[0], dims };
    };
    const release = async (tensor: HeldTensor): Promise<void> => {
      held.delete(tensor.held);
    };
    const space = finish(metricSpace(normalMatrix(5, 3, 1), "cosine"));
    await assert.rejects(holdBase(space, { runtime: runtimeThat({ hold, release }) }), { message: "no memory" });
    assert.equal(held.size, 0);
  });
});
