import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError, FileError } from "#dist/core/errors.js";
import { openNetwork } from "#dist/core/model/network.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { checkpointFolder, type RawTensors, safetensors, shard, tensorsOf } from "../../support/checkpoints.js";
import { maxDifference } from "../../support/compare.js";
import { temporaryFolder } from "../../support/temporary.js";

function random(n: number): Float32Array {
  const draw = seededRandom(3);
  return Float32Array.from({ length: n }, () => normal(draw));
}

async function classTokenOf(folder: string): Promise<Float32Array> {
  const network = await openNetwork(folder);
  const { cls } = await network.forward({ data: random(3 * 48 * 48), dims: [1, 3, 48, 48] });
  await network.close();
  return cls.data;
}

/** bfloat16: the upper half of a float32; half precision from a float32 that has one exactly */
function rounded(tensors: RawTensors, type: "F16" | "BF16"): { narrow: RawTensors; wide: RawTensors } {
  const narrow: RawTensors = {};
  const wide: RawTensors = {};
  for (const [name, { shape, bytes }] of Object.entries(tensors)) {
    const words = new Uint32Array(bytes.slice().buffer).map((w) => (type === "BF16" ? w & 0xffff0000 : halfable(w)));
    const halves = Uint16Array.from(words, (w) => (type === "BF16" ? w >>> 16 : half(w)));
    wide[name] = { dtype: "F32", shape, bytes: new Uint8Array(words.buffer) };
    narrow[name] = { dtype: type, shape, bytes: new Uint8Array(halves.buffer) };
  }
  return { narrow, wide };
}

/** The bits of a float32 with a mantissa of 10 bits, zero where half precision has no normal number. */
function halfable(word: number): number {
  return ((word >>> 23) & 255) < 113 ? 0 : word & 0xffffe000;
}

function half(word: number): number {
  return word === 0 ? 0 : ((word >>> 16) & 0x8000) | ((((word >>> 23) & 255) - 112) << 10) | ((word >>> 13) & 1023);
}

describe("openWeights", () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder(), name);
  const refused = (target: string, message: RegExp, entry?: string) =>
    assert.rejects(openNetwork(target), (error: Error) => {
      assert.ok(error instanceof CheckpointError, String(error));
      assert.match(error.message, message);
      if (entry !== undefined) assert.equal(error.entry, entry);
      return true;
    });

  for (const type of ["F16", "BF16"] as const)
    it(`gives the same features for ${type} weights as for the float32 numbers that they stand for`, async () => {
      const { narrow, wide } = rounded(tensorsOf("dino"), type);
      const a = await classTokenOf(checkpointFolder(at(`${type}-narrow`), "dino", narrow));
      const b = await classTokenOf(checkpointFolder(at(`${type}-wide`), "dino", wide));
      assert.ok(maxDifference(a, b) < 1e-6);
      assert.ok(maxDifference(a, await classTokenOf(checkpointFolder(at(`${type}-full`), "dino"))) > 1e-5);
    });

  it("gives the same features for shards as for one file, through the links of a Hub cache too", async () => {
    const tensors = tensorsOf("dinov3-gated");
    const whole = await classTokenOf(checkpointFolder(at("whole"), "dinov3-gated"));
    const sharded = checkpointFolder(at("sharded"), "dinov3-gated");
    const files = shard(sharded, tensors, 3);
    assert.deepEqual(await classTokenOf(sharded), whole);

    const repository = at("models--facebook--sharded");
    const snapshot = join(repository, "snapshots", "0123abcd");
    mkdirSync(snapshot, { recursive: true });
    renameSync(sharded, join(repository, "blobs"));
    for (const name of [...files, "model.safetensors.index.json", "config.json"])
      symlinkSync(join("..", "..", "blobs", name), join(snapshot, name));
    assert.deepEqual(await classTokenOf(snapshot), whole);
  });

  it("finds the tensors of a checkpoint with a head, under the backbone's own name", async () => {
    const tensors = Object.fromEntries(Object.entries(tensorsOf("dinov2")).map(([name, t]) => [`dinov2.${name}`, t]));
    tensors["classifier.bias"] = { dtype: "F32", shape: [2], bytes: new Uint8Array(8) };
    const headed = checkpointFolder(at("headed"), "dinov2", tensors);
    const network = await openNetwork(headed);
    assert.equal(network.dim, 48);
    await network.close();
  });

  it("refuses a file with two networks, as DINO's training saves student and teacher, and names both", async () => {
    const both = Object.fromEntries(
      ["student", "teacher"].flatMap((net) =>
        Object.entries(tensorsOf("dino")).map(([name, t]) => [`${net}.${name}`, t]),
      ),
    );
    await refused(checkpointFolder(at("two"), "dino", both), /"student" and "teacher"/);
  });

  it("refuses an index that names another shard than the one that holds the tensor", async () => {
    const tensors = tensorsOf("dinov2");
    const target = checkpointFolder(at("swapped"), "dinov2");
    const [first, second] = shard(target, tensors, 2);
    const path = join(target, "model.safetensors.index.json");
    const { weight_map } = JSON.parse(readFileSync(path, "utf8"));
    for (const name of Object.keys(weight_map)) weight_map[name] = weight_map[name] === first ? second : first;
    writeFileSync(path, JSON.stringify({ weight_map }));
    await refused(target, /does not hold/);
  });

  it("refuses a config.json that is a link out of the folder, and shows nothing of what it leads to", async () => {
    const target = checkpointFolder(at("config-link"), "dinov2");
    writeFileSync(at("secret"), "root:x:0:0");
    rmSync(join(target, "config.json"));
    symlinkSync(at("secret"), join(target, "config.json"));
    await refused(target, /^(?!.*root:x).*leads out of the model's folder/);
    rmSync(join(target, "config.json"));
    writeFileSync(join(target, "config.json"), "root:x:0:0");
    await refused(target, /^(?!.*root:x).*no JSON/);
  });

  it("ignores tensors of other types that the network does not use, and refuses those that it does, by name", async () => {
    const spare = {
      ...tensorsOf("dino"),
      "embeddings.position_ids": { dtype: "I64", shape: [1], bytes: new Uint8Array(8) },
    };
    assert.deepEqual(
      await classTokenOf(checkpointFolder(at("spare"), "dino", spare)),
      await classTokenOf(checkpointFolder(at("plain"), "dino")),
    );
    const name = "encoder.layer.1.attention.attention.key.weight";
    const integers = { ...tensorsOf("dino"), [name]: { dtype: "I8", shape: [48, 48], bytes: new Uint8Array(48 * 48) } };
    await refused(checkpointFolder(at("integers"), "dino", integers), /key\.weight" has element type I8 where/, name);
    const classToken = "embeddings.cls_token";
    const doubles = {
      ...tensorsOf("dino"),
      [classToken]: { dtype: "F64", shape: [1, 1, 48], bytes: new Uint8Array(384) },
    };
    await refused(checkpointFolder(at("doubles"), "dino", doubles), /F64/, classToken);
  });

  it("refuses shards that are not there, lie elsewhere, or do not hold what the index says", async () => {
    const tensors = tensorsOf("dinov2");
    const index = (target: string, weight_map: unknown) =>
      writeFileSync(join(target, "model.safetensors.index.json"), JSON.stringify({ weight_map }));
    const fresh = (name: string) => {
      const target = checkpointFolder(at(name), "dinov2");
      return { target, files: shard(target, tensors, 2) };
    };
    const missing = fresh("missing");
    rmSync(join(missing.target, missing.files[1]));
    await refused(missing.target, /00002-of-00002\.safetensors: is missing/);

    writeFileSync(at("outside.safetensors"), safetensors(tensors));
    for (const [i, name] of [
      "../outside.safetensors",
      at("outside.safetensors"),
      "..\\outside.safetensors",
      "shard.bin",
      7,
    ].entries()) {
      const { target } = fresh(`outside-${i}`);
      index(target, Object.fromEntries(Object.keys(tensors).map((tensor) => [tensor, name])));
      await refused(target, /weight_map/);
    }
    const linked = fresh("linked");
    rmSync(join(linked.target, linked.files[0]));
    symlinkSync(at("outside.safetensors"), join(linked.target, linked.files[0]));
    await refused(linked.target, /leads out of the model's folder/);

    const lying = fresh("lying");
    index(lying.target, Object.fromEntries(Object.keys(tensors).map((tensor) => [tensor, lying.files[0]])));
    await refused(lying.target, /does not hold/);

    const twice = fresh("twice");
    writeFileSync(join(twice.target, twice.files[1]), readFileSync(join(twice.target, twice.files[0])));
    await refused(twice.target, /in two of its files/);

    const empty = fresh("empty");
    index(empty.target, {});
    await refused(empty.target, /names no files/);

    const page = fresh("page");
    writeFileSync(join(page.target, page.files[0]), "<!DOCTYPE html><html><body>Sign in</body></html>");
    await refused(page.target, /no safetensors file.*web page/);
  });

  it("says which file is missing when there are no weights", async () => {
    const target = checkpointFolder(at("none"), "dinov2");
    rmSync(join(target, "model.safetensors"));
    await assert.rejects(openNetwork(target), (error: Error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /model\.safetensors: is missing/);
      return true;
    });
  });
});

describe("a config.json that lies", () => {
  const folder = temporaryFolder();
  const lies: Record<string, [name: string, config: object, message: RegExp]> = {
    "heads that do not divide": ["dinov3", { num_attention_heads: 5 }, /5 attention heads do not divide/],
    "heads too narrow for rotary positions": ["dinov3", { num_attention_heads: 8 }, /multiple of 4/],
    "a negative size": ["dino", { hidden_size: -48 }, /hidden_size/],
    "no layers": ["dino", { num_hidden_layers: 0 }, /num_hidden_layers/],
    "more layers than the file": ["dino", { num_hidden_layers: 4 }, /no tensor "encoder\.layer\.3/],
    "a huge image_size": ["dinov2-registers", { image_size: 1e12 }, /image_size/],
    "an image_size that the positions do not fit": ["dino", { image_size: 16000 }, /\[1, 37, 48\].*\[1, 4000001, 48\]/],
    "an image_size below the patch": ["dinov2", { image_size: 8 }, /smaller than a patch/],
    "more registers than the file": ["dinov2-registers", { num_register_tokens: 8 }, /register_tokens/],
    "a wider MLP than the file": ["dinov3-gated", { intermediate_size: 256 }, /mlp\..*\[256/],
    "a gate that is not there": ["dinov3", { use_gated_mlp: true }, /gate_proj/],
    "an unknown activation": ["dinov3", { hidden_act: "relu" }, /hidden_act/],
    "text for a number": ["dino", { patch_size: "8" }, /patch_size/],
    "four channels": ["dino", { num_channels: 4 }, /num_channels/],
  };
  for (const [title, [name, config, message]] of Object.entries(lies))
    it(`is refused: ${title}`, async () => {
      const target = checkpointFolder(join(folder(), title), name, undefined, config);
      await assert.rejects(openNetwork(target), (error: Error) => {
        assert.ok(error instanceof CheckpointError, String(error));
        assert.match(error.message, message);
        assert.ok(error.path.startsWith(target));
        return true;
      });
    });
});
