import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ArgumentError, FileError } from "#dist/core/errors.js";
import { installKernel, uninstallKernel } from "#dist/kernel/install.js";
import { activePrefix, jupyterDataDir } from "#dist/kernel/jupyter-paths.js";
import { temporaryFolder } from "../support/temporary.js";

const foreign = JSON.stringify({ argv: ["other"], display_name: "other", language: "typescript" });

describe("installKernel", () => {
  const folder = temporaryFolder();
  const before_ = process.env.JUPYTER_DATA_DIR;

  afterEach(() => {
    if (before_ === undefined) delete process.env.JUPYTER_DATA_DIR;
    else process.env.JUPYTER_DATA_DIR = before_;
  });

  it("writes a kernelspec that starts this Node with an existing file into JUPYTER_DATA_DIR", async () => {
    process.env.JUPYTER_DATA_DIR = join(folder(), "data");
    const { path, replaced } = await installKernel();
    assert.equal(path, join(folder(), "data", "kernels", "patchlab"));
    assert.equal(replaced, false);
    const spec = JSON.parse(readFileSync(join(path, "kernel.json"), "utf8"));
    assert.equal(spec.display_name, "patchlab (TypeScript)");
    assert.equal(spec.language, "typescript");
    const [node, main, connection, ...rest] = spec.argv;
    assert.equal(node, process.execPath);
    assert.ok(isAbsolute(main) && existsSync(main), `${main} does not exist`);
    assert.deepEqual([connection, ...rest], ["{connection_file}"]);
    assert.deepEqual(readdirSync(path), ["kernel.json"], "nothing else is left behind");
  });

  it("writes below share/jupyter of a prefix, and replaces its own kernel without being asked", async () => {
    const prefix = join(folder(), "prefix");
    const { path } = await installKernel({ prefix });
    assert.equal(path, join(prefix, "share", "jupyter", "kernels", "patchlab"));
    assert.deepEqual(await installKernel({ prefix }), { path, replaced: true });
  });

  for (const [what, content] of [
    ["another program's kernel", foreign],
    ["a kernel.json that is not JSON", "{"],
  ] as const) {
    it(`leaves ${what} alone unless forced`, async () => {
      const prefix = join(folder(), what);
      const file = join(prefix, "share/jupyter/kernels/patchlab/kernel.json");
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, content);
      await assert.rejects(installKernel({ prefix }), FileError);
      await assert.rejects(uninstallKernel({ prefix }), FileError);
      assert.equal(readFileSync(file, "utf8"), content);
      await installKernel({ prefix, force: true });
      assert.equal(JSON.parse(readFileSync(file, "utf8")).display_name, "patchlab (TypeScript)");
    });
  }

  it("names the folder that it cannot create", async () => {
    const prefix = join(folder(), "file");
    writeFileSync(prefix, "");
    await assert.rejects(installKernel({ prefix }), (error: Error) => {
      return error instanceof FileError && error.path.startsWith(prefix);
    });
  });

  it("refuses two places at once, and an empty one", async () => {
    await assert.rejects(installKernel({ prefix: folder(), sysPrefix: true }), ArgumentError);
    await assert.rejects(installKernel({ prefix: "" }), ArgumentError);
  });
});

describe("uninstallKernel", () => {
  const folder = temporaryFolder();

  it("removes the kernel and its folder, and says when there is none", async () => {
    const prefix = folder();
    const { path } = await installKernel({ prefix });
    assert.deepEqual(await uninstallKernel({ prefix }), { path, removed: true });
    assert.equal(existsSync(path), false);
    assert.deepEqual(await uninstallKernel({ prefix }), { path, removed: false });
  });

  it("keeps files that it did not write", async () => {
    const prefix = folder();
    const { path } = await installKernel({ prefix });
    writeFileSync(join(path, "logo-64x64.png"), "");
    await uninstallKernel({ prefix });
    assert.deepEqual(readdirSync(path), ["logo-64x64.png"]);
  });
});

describe("jupyterDataDir", () => {
  const home = "/home/ada";

  it("is where jupyter_core.paths.jupyter_data_dir puts it", () => {
    const at = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string => jupyterDataDir({ platform, env, home });
    assert.equal(at("linux", {}), "/home/ada/.local/share/jupyter");
    assert.equal(at("linux", { XDG_DATA_HOME: "/data" }), "/data/jupyter");
    assert.equal(at("darwin", { XDG_DATA_HOME: "/data" }), "/home/ada/Library/Jupyter");
    assert.equal(at("darwin", { JUPYTER_PLATFORM_DIRS: "1" }), "/home/ada/Library/Application Support/Jupyter");
    assert.equal(at("darwin", { JUPYTER_PLATFORM_DIRS: "0" }), "/home/ada/Library/Jupyter");
    assert.equal(at("win32", { APPDATA: "/roaming" }), "/roaming/jupyter");
    assert.equal(at("win32", {}), "/home/ada/.jupyter/data");
    assert.equal(at("linux", { JUPYTER_DATA_DIR: "/own", XDG_DATA_HOME: "/data" }), "/own");
  });
});

describe("activePrefix", () => {
  it("is the virtual environment before the conda environment, and an error without either", () => {
    assert.equal(activePrefix({ VIRTUAL_ENV: "/venv", CONDA_PREFIX: "/conda" }), "/venv");
    assert.equal(activePrefix({ CONDA_PREFIX: "/conda" }), "/conda");
    assert.throws(() => activePrefix({}), ArgumentError);
  });
});
