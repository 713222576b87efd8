/** What the kernel says of itself. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Loading TypeScript for the sake of its version would take longer than all the rest of starting. */
function versionIn(packageFile: string | URL): string {
  return JSON.parse(readFileSync(packageFile, "utf8")).version;
}

/** The content of `kernel_info_reply`. */
export function kernelInfo(): Record<string, unknown> {
  const version = versionIn(new URL("../../../package.json", import.meta.url));
  const typescript = versionIn(require.resolve("typescript/package.json"));
  return {
    status: "ok",
    protocol_version: "5.4",
    implementation: "patchlab",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: typescript,
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: "typescript",
      pygments_lexer: "typescript",
      nbconvert_exporter: "script",
    },
    banner: `patchlab ${version}: TypeScript ${typescript} on Node ${process.versions.node}`,
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: `https://nodejs.org/docs/latest-v${process.versions.node.split(".")[0]}.x/api/` },
    ],
    debugger: false,
    supported_features: [],
  };
}
