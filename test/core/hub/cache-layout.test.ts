import assert from "node:assert/strict";
import { basename, dirname, join, sep } from "node:path";
import fc from "fast-check";
import { byteSize } from "#dist/core/hub/byte-size.js";
import { isHubId, repositoryFolder } from "#dist/core/hub/cache-layout.js";
import { hubCacheFolder, hubSettings } from "#dist/core/hub/settings.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("the Hub's cache", () => {
  it("gives every repository that it accepts a folder of its own, right in the cache", () => {
    const part = fc.stringMatching(/^[\w./~ -]{0,12}$/);
    const known = new Map<string, string>();
    fc.assert(
      fc.property(part, part, (owner, name) => {
        const id = `${owner}/${name}`;
        if (!isHubId(id)) return;
        const folder = repositoryFolder("/cache", id);
        assert.equal(dirname(folder), `${sep}cache`);
        assert.equal(known.get(folder) ?? id, id);
        assert.doesNotMatch(basename(folder), /^\.|\/|\\/);
        known.set(folder, id);
      }),
    );
    assert.ok(isHubId("facebook/dinov3-vits16-pretrain-lvd1689m") && isHubId("a/b.c_d-e"));
  });

  it("lies where huggingface_hub's variables say, in their order", () => {
    const all = { XDG_CACHE_HOME: "/x", HF_HOME: "/h", HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/c" };
    const left = Object.keys(all).map((_, i) =>
      hubCacheFolder(Object.fromEntries(Object.entries(all).slice(0, i + 1))),
    );
    assert.deepEqual(left, [join("/x", "huggingface", "hub"), join("/h", "hub"), "/old", "/c"]);
    const home = process.env.HOME;
    process.env.HOME = "/home/ä";
    try {
      assert.equal(hubCacheFolder({ HF_HUB_CACHE: "" }), join("/home/ä", ".cache", "huggingface", "hub"));
      assert.equal(hubCacheFolder({ HF_HOME: "~/hf" }), join("/home/ä/hf", "hub"));
    } finally {
      process.env.HOME = home;
    }
    assert.equal(hubCacheFolder({ HF_HUB_CACHE: "$DATA/$MISSING/$" + "{DATA}", DATA: "/d" }), "/d/$MISSING//d");
  });
});

describe("hubSettings", () => {
  const folder = temporaryFolder();

  it("has the public Hub, no token, the network and links when nothing is set", async () => {
    assert.deepEqual(await hubSettings({ HF_HOME: folder() }), {
      endpoint: "https://huggingface.co",
      cacheFolder: join(folder(), "hub"),
      token: undefined,
      offline: false,
      symlinks: true,
    });
  });
});

describe("byteSize", () => {
  it("shows three digits in powers of a thousand, and never a thousand of a unit", () => {
    const shown = [0, 547, 999, 1000, 88_226_304, 999_499, 999_500, 1_217_474_560, 26_900_000_000, 1e15].map(byteSize);
    const right = "0 bytes,547 bytes,999 bytes,1.00 kB,88.2 MB,999 kB,1.00 MB,1.22 GB,26.9 GB,1.00 PB";
    assert.equal(shown.join(), right);
    fc.assert(
      fc.property(fc.nat(2 ** 31), (bytes) => {
        const [value, unit] = byteSize(bytes).split(" ");
        const factor = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[unit]!;
        assert.ok(Math.abs(Number(value) * factor - bytes) <= bytes * 0.005 + 1e-9 && Number(value) < 1000);
      }),
    );
  });
});
