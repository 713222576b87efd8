import assert from "node:assert/strict";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, FileError } from "#dist/core/errors.js";
import { folderLabel, listImages } from "#dist/core/image/list.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("listImages", () => {
  const folder = temporaryFolder();
  const tree = async (name: string, files: readonly string[]): Promise<string> => {
    const root = join(folder(), name);
    await mkdir(root);
    for (const file of files) {
      await mkdir(join(root, file, ".."), { recursive: true });
      await writeFile(join(root, file), "");
    }
    return root;
  };

  it("finds every picture below a folder, sorted by path", async () => {
    const pictures = ["B.JPG", "a b/ü.png", "a/10.jpeg", "a/9.webp", "a/c/x.tiff", "b.gif", "z.avif", "é.tif"];
    const root = await tree("all", [...pictures].reverse());
    assert.deepEqual(
      await listImages(root),
      pictures.map((p) => join(root, p)),
    );
  });

  it("leaves out other files and everything whose name begins with a dot", async () => {
    const root = await tree("some", ["a.jpg", "notes.txt", "jpg", "x.jpg.bak", ".hidden.jpg", ".cache/b.jpg"]);
    assert.deepEqual(await listImages(root), [join(root, "a.jpg")]);
  });

  it("does not follow symbolic links, even in a circle", async () => {
    const root = await tree("links", ["a.jpg"]);
    await symlink(root, join(root, "circle"));
    await symlink(join(root, "a.jpg"), join(root, "b.jpg"));
    assert.deepEqual(await listImages(root), [join(root, "a.jpg")]);
  });

  it("follows links to pictures and folders when it is told to, and leaves out those that lead nowhere", async () => {
    const root = await tree("followed", ["a.jpg"]);
    const outside = await tree("outside", ["b.jpg", "deep/c.jpg", "notes.txt", ".hidden/d.jpg"]);
    await symlink(outside, join(root, "folder"));
    await symlink(join(outside, "b.jpg"), join(root, "link.jpg"));
    await symlink(join(outside, "notes.txt"), join(root, "notes.txt"));
    await symlink(join(outside, "notes.txt"), join(root, "lying.jpg"));
    await symlink("nowhere", join(root, "broken.jpg"));
    await symlink(join(outside, ".hidden"), join(root, ".hidden"));
    const found = ["a.jpg", "folder/b.jpg", "folder/deep/c.jpg", "link.jpg", "lying.jpg"];
    assert.deepEqual(
      await listImages(root, { followLinks: true }),
      found.map((path) => join(root, path)),
    );
  });

  it("comes to an end with links that lead in a circle, and takes a folder that two links lead to once", async () => {
    const root = await tree("circles", ["a.jpg"]);
    const outside = await tree("outside the circles", ["b.jpg", "deep/c.jpg"]);
    await symlink(root, join(root, "circle"));
    await symlink(outside, join(root, "out"));
    await symlink(outside, join(root, "out again"));
    await symlink(root, join(outside, "deep", "back"));
    await symlink(outside, join(outside, "deep", "up"));
    await symlink("self", join(root, "self"));
    const found = await listImages(root, { followLinks: true });
    assert.deepEqual(found.map((path) => path.split("/").at(-1)).sort(), ["a.jpg", "b.jpg", "c.jpg"]);
  });

  it("throws for a folder below that cannot be read, or tells of it and goes on", async function () {
    if (process.getuid?.() === 0 || process.platform === "win32") return this.skip();
    const root = await tree("locked", ["a.jpg", "shut/b.jpg"]);
    const shut = join(root, "shut");
    await chmod(shut, 0);
    try {
      await assert.rejects(listImages(root), (e: Error) => e instanceof FileError && e.path === shut);
      const told: string[] = [];
      assert.deepEqual(await listImages(root, { onUnreadable: (e) => told.push(e.path) }), [join(root, "a.jpg")]);
      assert.deepEqual(told, [shut]);
    } finally {
      await chmod(shut, 0o755);
    }
  });

  it("tells a missing folder, a file and a folder without pictures apart", async () => {
    const root = await tree("none", ["notes.txt"]);
    const cases: [string, RegExp][] = [
      [join(root, "missing"), /no such folder/],
      [join(root, "notes.txt"), /is not a folder/],
      [root, /holds no picture: .*\.jpg, \.jpeg, \.png, \.webp, \.gif, \.avif, \.tif, \.tiff/],
    ];
    for (const [path, message] of cases)
      await assert.rejects(
        listImages(path),
        (e: Error) => e instanceof FileError && e.path === path && message.test(e.message),
      );
  });
});

describe("folderLabel", () => {
  it("is the name of the nearest folder, and the root's own at its top", () => {
    assert.equal(folderLabel("photos", "photos/pets/cats/a.jpg"), "cats");
    assert.equal(folderLabel("photos/", "./photos/a.jpg"), "photos");
    assert.equal(folderLabel("photos", "photos/..odd/a.jpg"), "..odd");
  });

  it("refuses a path that does not lie below the root", () => {
    for (const path of ["other/a.jpg", "photos", "photos/../a.jpg"])
      assert.throws(() => folderLabel("photos", path), ArgumentError);
  });
});
