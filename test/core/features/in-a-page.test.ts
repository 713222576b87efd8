import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const modules = [
  "core/numeric/covariance.js",
  "core/numeric/principal.js",
  "core/numeric/eigen.js",
  "core/numeric/tridiagonal.js",
  "core/numeric/float-text.js",
  "core/features/otsu.js",
  "core/features/foreground.js",
  "core/features/colours.js",
  "core/features/histogram.js",
  "core/features/mask.js",
  "core/features/tokens.js",
];

describe("what a page computes of a patch map", () => {
  it("imports neither Node nor a package", async () => {
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    const contents = modules.map((path, i) => `export * as m${i} from "./dist/${path}";`).join("\n");
    const { metafile } = await build({
      stdin: { contents, resolveDir: root },
      absWorkingDir: root,
      bundle: true,
      platform: "browser",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const foreign = Object.keys(metafile.inputs).filter((path) => !path.startsWith("dist/") && path !== "<stdin>");
    assert.deepEqual(foreign, []);
  });
});
