import assert from "node:assert/strict";
import { progressOn } from "#dist/cli/progress.js";

/** A terminal that keeps what was drawn. */
function terminal(columns: number | undefined, isTTY = true) {
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, progress: progressOn(stream as unknown as NodeJS.WriteStream) };
}

describe("progressOn", () => {
  it("never draws a line that the terminal would break, and keeps the numbers longest", () => {
    for (const columns of [undefined, 24, 40, 60, 80, 200]) {
      const { written, progress } = terminal(columns);
      progress.step("Downloading dinov2-with-registers-giant", "bytes");
      progress.update(1.23e9, 4.55e9);
      const line = written.at(-1)!.replace("\r\x1b[2K", "");
      assert.ok(line.length < (columns ?? 80), line);
      assert.ok(line.endsWith("1.23 GB of 4.55 GB"), line);
    }
  });

  it("counts bytes in their units and other things by number, in the bar and in the pace", () => {
    const { written, progress } = terminal(100);
    progress.step("Turning", "pictures");
    progress.update(3, 12);
    assert.match(written.at(-1)!, /━{6}╌{18} {2}3\/12$/);
    progress.step("Downloading", "bytes");
    progress.update(5e6, 10e6, 0);
    assert.match(written.at(-1)!, /━{12}╌{12} {2}5\.00 MB of 10\.0 MB$/);
    progress.end();
    // what was there before is not of this step's doing
    assert.match(written.at(-1)!, /^✓ Downloading {2}0\.0 s, 0 bytes a second\n$/);
  });

  it("writes one line a finished step where there is no terminal, and none for a step that is dropped", () => {
    const { written, progress } = terminal(undefined, false);
    progress.step("Loading");
    progress.update(1, 2);
    progress.step("Downloading", "bytes");
    progress.drop();
    progress.end();
    assert.equal(written.length, 1);
    assert.match(written[0], /^✓ Loading {2}[\d.]+ s\n$/);
  });
});
