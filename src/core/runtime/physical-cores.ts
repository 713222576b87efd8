/** How many threads compute without getting into each other's way: one a physical core. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, platform } from "node:os";
import { join } from "node:path";

let found: number | undefined;

/**
 * The machine's physical cores, or as many of them as this process may use. Two threads on one core share its units
 * for products, so that a second one makes these no faster. Where cores cannot be told from the threads that they
 * offer, as on Windows, it is the threads.
 */
export function physicalCores(): number {
  found ??= Math.max(1, Math.min(availableParallelism(), countCores() ?? Number.POSITIVE_INFINITY));
  return found;
}

function countCores(): number | undefined {
  try {
    if (platform() === "linux") return linuxCores();
    // on other systems the call below does not exist
    if (platform() === "darwin")
      return Number(execFileSync("sysctl", ["-n", "hw.physicalcpu"], { encoding: "utf8" })) || undefined;
  } catch {
    // a container may hide them
  }
  return undefined;
}

/**
 * Threads of one core name the same siblings.
 *
 * @param folder the kernel's description of its processors
 * @see https://docs.kernel.org/admin-guide/cputopology.html
 */
export function linuxCores(folder = "/sys/devices/system/cpu"): number | undefined {
  const siblings = readdirSync(folder)
    .filter((name) => /^cpu\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(join(folder, name, "topology/thread_siblings_list"), "utf8").trim()];
      } catch {
        // a processor that is switched off has no topology
        return [];
      }
    });
  return new Set(siblings).size || undefined;
}
