import assert from "node:assert/strict";
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "#dist/core/atomic-write.js";
import { FileError } from "#dist/core/errors.js";
import { temporaryFolder } from "../support/temporary.js";

describe("writeAtomically", () => {
  const folder = temporaryFolder();

  it("writes a new file and replaces an old one, whose permissions it keeps, and leaves no draft", async () => {
    const path = join(folder(), "a ü.txt");
    await writeAtomically(path, "one");
    await chmod(path, 0o640);
    await writeAtomically(path, "two");
    assert.equal(await readFile(path, "utf8"), "two");
    assert.equal((await stat(path)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(folder()), ["a ü.txt"]);
  });

  it("writes through a link, which stays a link", async () => {
    const [file, link] = [join(folder(), "file"), join(folder(), "link")];
    await writeFile(file, "old");
    await symlink(file, link);
    await writeAtomically(link, "new");
    assert.ok((await lstat(link)).isSymbolicLink());
    assert.equal(await readFile(file, "utf8"), "new");
  });

  it("writes into a device and does not replace it", async function () {
    if (process.platform === "win32") return this.skip();
    await writeAtomically("/dev/null", "gone");
    assert.ok((await stat("/dev/null")).isCharacterDevice());
  });

  it("names a file that cannot be written, and leaves nothing behind", async () => {
    await mkdir(join(folder(), "taken"));
    for (const path of [join(folder(), "missing", "x"), join(folder(), "taken")])
      await assert.rejects(writeAtomically(path, "x"), (e: Error) => e instanceof FileError && e.path === path);
    assert.ok((await readdir(folder())).every((name) => !name.endsWith(".tmp")));
  });
});
