/** How cells are read and checked: strict where types were written, lenient where they were left out. */
import type ts from "typescript";
import { tsc } from "./typescript.js";

/** `Preserve` is what bundlers do: import and require each resolve in their own way, and default imports just work. */
export const cellOptions: ts.CompilerOptions = {
  target: tsc.ScriptTarget.ES2024,
  module: tsc.ModuleKind.Preserve,
  moduleResolution: tsc.ModuleResolutionKind.Bundler,
  moduleDetection: tsc.ModuleDetectionKind.Force,
  // the language and Node are one file, see library.ts
  types: [],
  // nobody replaces the library types by packages, and looking for them takes a fifth of the start
  libReplacement: false,
  // with it an empty array takes the type of what is pushed; its complaints are dropped, see diagnostics.ts
  noImplicitAny: true,
  strict: true,
  noImplicitThis: false,
  useUnknownInCatchVariables: false,
  allowJs: true,
  checkJs: false,
  // not React's, or every cell would look for it
  jsx: tsc.JsxEmit.Preserve,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  esModuleInterop: true,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  sourceMap: true,
  removeComments: true,
  newLine: tsc.NewLineKind.LineFeed,
};

/** A TypeScript file beside the notebook becomes CommonJS, file by file. */
export const moduleOptions: ts.CompilerOptions = {
  ...cellOptions,
  jsx: tsc.JsxEmit.ReactJSX,
  module: tsc.ModuleKind.CommonJS,
  moduleResolution: tsc.ModuleResolutionKind.Node10,
  isolatedModules: true,
  ignoreDeprecations: "5.0",
};
delete moduleOptions.types;
