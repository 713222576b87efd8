/** What to do about errors that say what happened, but not what helps. */
import type { ErrorFacts } from "./error-facts.js";

const byCode: Readonly<Record<string, string>> = {
  ERR_WORKER_OUT_OF_MEMORY:
    "A worker thread needed more memory than it may use. Give it less at a time, or start it with more: " +
    "new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 4096 } }).",
  ERR_MODULE_NOT_FOUND: "Packages are looked for from the notebook's folder upwards: run npm install there.",
  MODULE_NOT_FOUND: "Packages are looked for from the notebook's folder upwards: run npm install there.",
};

const byMessage: readonly (readonly [RegExp, string])[] = [
  [
    /^Array buffer allocation failed|^Invalid (?:typed )?array length/,
    "The array is larger than the memory that is left, or than any array can be: work in parts.",
  ],
  [
    /^Maximum call stack size exceeded/,
    "A function calls itself without an end, or for more items than the stack holds.",
  ],
];

/** A sentence that helps, where there is one. */
export function adviceFor({ properties, message }: ErrorFacts): string | undefined {
  const { code } = properties;
  if (typeof code === "string" && Object.hasOwn(byCode, code)) {
    // a file of the notebook's own that is missing is not a package
    return /_NOT_FOUND$/.test(code) && /(?:module|file) ['"][./]/i.test(message) ? undefined : byCode[code];
  }
  return byMessage.find(([pattern]) => pattern.test(message))?.[1];
}
