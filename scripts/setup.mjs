// Brings a checkout to the point where it runs: dependencies as the lock file says, then the build.
// The installation is skipped when nothing has changed since the last time; the build looks for itself what to do.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modified = (file) => (existsSync(join(root, file)) ? statSync(join(root, file)).mtimeMs : 0);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`patchlab needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and try again.`);
  process.exit(1);
}

function run(command, args, what, shell = false) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell,
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  if (result.status !== 0) {
    console.error(`${what} failed; the lines above say why.`);
    process.exit(result.status ?? 1);
  }
}

const installed = modified("node_modules/.package-lock.json");
if (installed < modified("package-lock.json") || installed < modified("package.json")) {
  console.log("Installing dependencies …");
  // npm is a script on Windows, which only a shell starts; a shell would split a path with spaces
  const shell = process.platform === "win32";
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "The installation", shell);
}
run(process.execPath, [join(root, "scripts/build.mjs")], "The build");
