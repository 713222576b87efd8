import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { withLock } from "#dist/core/hub/blob-lock.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("withLock", () => {
  const folder = temporaryFolder();
  let count = 0;
  const newPath = () => join(folder(), `locks ${count++}`, "a.lock");

  /** A lock that somebody else holds. */
  async function hold(path: string, holder: object | string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof holder === "string" ? holder : JSON.stringify(holder));
  }

  it("never lets two in at once, lets all in, and leaves nothing behind", async () => {
    const path = newPath();
    let inside = 0;
    const jobs = Array.from({ length: 8 }, (_, i) =>
      withLock(path, {}, async () => {
        assert.equal(inside++, 0);
        await setTimeout(5);
        inside--;
        return i;
      }),
    );
    assert.deepEqual(await Promise.all(jobs), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(await readdir(dirname(path)), []);
  });

  it("is free again when the action fails", async () => {
    const path = newPath();
    await assert.rejects(
      withLock(path, {}, async () => {
        throw new Error("no");
      }),
      /no/,
    );
    assert.equal(await withLock(path, {}, async () => 1), 1);
  });

  it("takes over at once from a process of this machine that is no more", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const path = newPath();
    await hold(path, { pid, host: hostname(), id: "x" });
    const waits: number[] = [];
    const onWait = async () => void waits.push(1);
    const jobs = [1, 2, 3].map((i) => withLock(path, { onWait }, async () => i));
    assert.deepEqual(await Promise.all(jobs), [1, 2, 3]);
    assert.deepEqual(await readdir(dirname(path)), []);
  });

  it("takes over from another machine's process, or half a lock, only when it has been still for long", async () => {
    for (const holder of [{ pid: 1, host: "elsewhere", id: "x" }, '{"pid":', ""]) {
      const path = newPath();
      await hold(path, holder);
      const beats = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), 20);
      let inside = false;
      const waiting = withLock(path, { silence: 300 }, async () => {
        inside = true;
      });
      await setTimeout(600);
      assert.equal(inside, false);
      clearInterval(beats);
      await waiting;
    }
  });

  it("leaves a lock alone that is no longer its own", async () => {
    const path = newPath();
    await withLock(path, {}, () => hold(path, "another's"));
    assert.equal(await readFile(path, "utf8"), "another's");
  });

  it("stops waiting when aborted", async () => {
    const path = newPath();
    await hold(path, { pid: process.pid, host: hostname(), id: "x" });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(
      withLock(path, { signal }, async () => assert.fail("it was let in")),
      { name: "TimeoutError" },
    );
  });
});
