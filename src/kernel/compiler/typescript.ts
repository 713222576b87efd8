/**
 * TypeScript itself. `import` takes three times as long as `require` to load it, since Node reads its 9 MB once more
 * for the names in it; types come from "typescript" as ever.
 */
import Module, { createRequire } from "node:module";
import type typescript from "typescript";

// Node 22 and newer keep what V8 made of the file for the next start, as TypeScript's own commands have it
(Module as { enableCompileCache?: () => unknown }).enableCompileCache?.();

export const tsc: typeof typescript = createRequire(import.meta.url)("typescript");
