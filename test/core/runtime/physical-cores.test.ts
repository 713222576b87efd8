import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { linuxCores, physicalCores } from "#dist/core/runtime/physical-cores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("physicalCores", () => {
  const folder = temporaryFolder();

  /** The kernel's folder for processors with these siblings; undefined stands for one that is switched off. */
  function processors(name: string, siblings: (string | undefined)[]): string {
    const target = join(folder(), name);
    mkdirSync(join(target, "cpufreq"), { recursive: true });
    for (const [i, list] of siblings.entries()) {
      mkdirSync(join(target, `cpu${i}`, "topology"), { recursive: true });
      if (list !== undefined) writeFileSync(join(target, `cpu${i}`, "topology/thread_siblings_list"), `${list}\n`);
    }
    return target;
  }

  it("is at least one and at most what this process may use", () => {
    const cores = physicalCores();
    assert.ok(Number.isInteger(cores) && cores >= 1 && cores <= availableParallelism());
  });

  it("counts two threads of one core once", () => {
    assert.equal(linuxCores(processors("smt", ["0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7"])), 4);
    assert.equal(linuxCores(processors("plain", ["0", "1", "2"])), 3);
    assert.equal(linuxCores(processors("off", ["0-1", "0-1", undefined])), 1);
  });

  it("does not know where the kernel says nothing", () => {
    assert.equal(linuxCores(processors("none", [])), undefined);
  });
});
