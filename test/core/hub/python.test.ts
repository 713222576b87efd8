/** The cache is one with that of Python's huggingface_hub, where there is one to ask. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pullRepository } from "#dist/core/hub/pull-repository.js";
import { commit, hubVariables, testHub, withVariables } from "../../support/hub-server.js";
import { temporaryFolder } from "../../support/temporary.js";

const python = process.env.PATCHLAB_PYTHON ?? "python3";
const id = "facebook/dinov2-small";

const find = `
import json, os
from huggingface_hub import scan_cache_dir, snapshot_download, try_to_load_from_cache
id = ${JSON.stringify(id)}
[repo] = scan_cache_dir().repos
print(json.dumps({
  "weights": try_to_load_from_cache(id, "model.safetensors"),
  "snapshot": snapshot_download(id, local_files_only=True),
  "scanned": [repo.repo_id, repo.nb_files, [[r.commit_hash, sorted(r.refs)] for r in repo.revisions]],
  "warnings": [str(w) for w in scan_cache_dir().warnings],
}))`;

const download = `
from huggingface_hub import hf_hub_download
for name in ("config.json", "preprocessor_config.json", "model.safetensors"):
  hf_hub_download(${JSON.stringify(id)}, name)`;

describe("the Hub's cache and Python", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const hub = testHub();

  before(function () {
    if (spawnSync(python, ["-c", "import huggingface_hub"]).status !== 0) this.skip();
  });

  const run = async (home: string, script: string, more = {}) => {
    const env = { ...process.env, ...hubVariables(hub(), home), HF_HUB_DISABLE_TELEMETRY: "1", ...more };
    return (await promisify(execFile)(python, ["-c", script], { env })).stdout;
  };
  const pull = (home: string) => withVariables(hubVariables(hub(), home), () => pullRepository(id, { retryDelay: 1 }));

  it("lets Python find without a network what was pulled", async () => {
    const home = join(folder(), "ours");
    const { folder: snapshot } = await pull(home);
    const found = JSON.parse(await run(home, find, { HF_HUB_OFFLINE: "1" }));
    assert.deepEqual(found, {
      weights: join(snapshot, "model.safetensors"),
      snapshot,
      scanned: [id, 3, [[commit, ["main"]]]],
      warnings: [],
    });
  });

  it("takes nothing of what Python has downloaded, and finds it offline", async () => {
    const home = join(folder(), "theirs");
    await run(home, download);
    hub().requests.length = 0;
    const { files, folder: snapshot } = await pull(home);
    assert.ok(files.every(({ downloaded }) => !downloaded));
    assert.ok(hub().requests.every(({ path }) => path.startsWith("/api/")));
    const offline = { ...hubVariables(hub(), home), HF_HUB_OFFLINE: "1" };
    assert.equal((await withVariables(offline, () => pullRepository(id))).folder, snapshot);
  });
});
