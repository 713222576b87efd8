import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { type Card, cardText, finding } from "#dist/cli/verify-card.js";
import { parityWithPyTorch } from "#dist/core/model/parity.js";
import { fixture, projectFile } from "../support/fixtures.js";

const run = promisify(execFile);

interface Failure extends Error {
  code: number;
  stderr: string;
}

function patchlab(args: string[], env: NodeJS.ProcessEnv = {}) {
  return run(process.execPath, [projectFile("dist/cli/main.js"), ...args], { env: { ...process.env, ...env } });
}

/** A Python with PyTorch and transformers, where there is one. */
function torchPython(): string | undefined {
  const python = process.env.PATCHLAB_PYTHON || "python3";
  return spawnSync(python, ["-c", "import torch, transformers, PIL"]).status === 0 ? python : undefined;
}

describe("patchlab verify", () => {
  it("shows that every small checkpoint of the family agrees with PyTorch at every size", async () => {
    const { stdout } = await patchlab(["verify", fixture("models/dinov3")]);
    for (const checkpoint of ["dinov3", "dinov3-gated"])
      for (const size of ["64 x 64", "96 x 96", "144 x 144", "48 x 112"])
        assert.match(stdout, new RegExp(`✓ ${checkpoint} +${size} +\\de-\\d`));
    assert.match(stdout, /✓ fused against plain operators: \de-\d/);
    assert.doesNotMatch(stdout, /✗/);
  });

  it("prints the card as JSON, with hidden states and attention where PyTorch's are stored", async () => {
    const { stdout } = await patchlab(["verify", fixture("models/dino"), "--json"]);
    const card: Card = JSON.parse(stdout);
    assert.deepEqual([card.family, card.checkpoints.length, card.findings.length], ["vit", 4, 1]);
    const inside = card.checkpoints.filter((row) => row.attention !== undefined);
    assert.deepEqual(inside.map((row) => row.size.join("x")).sort(), ["24x56", "48x48"]);
    assert.ok(inside.every((row) => row.hiddenStates! < 1e-4 && row.attention! < 1e-4));
  });

  it("says of the bundled model that its file is run as it is", async () => {
    const { stdout } = await patchlab(["verify", "efficientnet-lite0"]);
    assert.match(stdout, /an ONNX file, which is run as it is/);
  });

  it("claims nothing of our own graph for a folder that has only an ONNX file", async () => {
    const { stdout } = await patchlab(["verify", fixture("exports/dinov2")]);
    assert.match(stdout, /an ONNX file, which is run as it is/);
    assert.doesNotMatch(stdout, /✓/);
  });

  it("names a model that is not there, and a Python that is not", async () => {
    await assert.rejects(patchlab(["verify", "resnet-9000"]), (error: Failure) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr, /resnet-9000/);
      return true;
    });
    const missing = { PATCHLAB_PYTHON: "/no/such/python" };
    await assert.rejects(patchlab(["verify", fixture("models/dino"), "--against-torch"], missing), (error: Failure) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr, /Nothing was compared.*\/no\/such\/python.*pip install/);
      assert.doesNotMatch(error.stderr, /^\s+at /m);
      return true;
    });
  });

  it("agrees with PyTorch on pictures, weights and pixels alike", async function () {
    const python = torchPython();
    if (python === undefined) {
      console.warn("      skipped: no Python with torch and transformers; PATCHLAB_PYTHON names one");
      return this.skip();
    }
    const args = ["verify", fixture("models/dinov2-registers"), "--against-torch", "--json"];
    const { findings }: Card = JSON.parse((await patchlab(args, { PATCHLAB_PYTHON: python })).stdout);
    assert.equal(findings.length, 3);
    assert.ok(findings.every((f) => f.agrees));
    assert.match(findings[1].what, /PyTorch \d/);
    assert.ok(findings[1].largest < 1e-4);
  });
});

describe("the parity card", () => {
  it("marks what does not agree, a NaN and another length among it", () => {
    const ours = Float32Array.of(1, 2, 3);
    assert.equal(finding("same", ours, Float32Array.of(1, 2, 3.00001)).agrees, true);
    const findings = [
      finding("far", ours, Float32Array.of(1, 2, 3.1)),
      finding("nan", ours, Float32Array.of(1, 2, Number.NaN)),
      finding("length", ours, Float32Array.of(1, 2)),
    ];
    assert.deepEqual(
      findings.map((f) => f.agrees),
      [false, false, false],
    );
    const row = { checkpoint: "dino", size: [48, 48] as const, tokens: 0.2, agrees: false };
    const text = cardText({ model: "m", family: "vit", tolerance: 1e-4, checkpoints: [row], findings });
    assert.equal(text.match(/✗/g)?.length, 4);
  });

  it("allows for the size of the numbers", () => {
    const [ours, theirs] = [Float32Array.of(1000), Float32Array.of(1000.05)];
    assert.equal(finding("large", ours, theirs).agrees, true);
    assert.equal(finding("too far", ours, Float32Array.of(1001)).agrees, false);
  });
});

describe("parityWithPyTorch", () => {
  it("holds for plain operators too", async () => {
    const rows = await parityWithPyTorch("dinov2_with_registers", { operators: "plain" });
    assert.equal(rows.length, 4);
    assert.ok(rows.every((row) => row.agrees));
  });

  it("has no rows for a family without small checkpoints", async () => {
    assert.deepEqual(await parityWithPyTorch("convolutional_onnx"), []);
  });
});
