/** Files that are damaged in ways that nobody thought of. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import fc from "fast-check";
import { FormatError } from "#dist/core/errors.js";

type Edit =
  | { kind: "set" | "insert"; at: number; bytes: Uint8Array }
  | { kind: "remove"; at: number; count: number }
  | { kind: "cut"; at: number };

const place = fc.noBias(fc.nat({ max: 2 ** 20 - 1 })).map((n) => n / 2 ** 20);
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
  fc
    .constantFrom([0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0], [0x80])
    .map((values) => Uint8Array.from(values)),
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("set"), at: place, bytes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("insert"), at: place, bytes }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("remove"), at: place, count: fc.integer({ min: 1, max: 64 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut"), at: place }) },
);

function edited(original: Uint8Array, edits: readonly Edit[]): Uint8Array {
  return edits.reduce((file, change) => {
    const at = Math.floor(change.at * file.length);
    const rest = { set: at + ("bytes" in change ? change.bytes.length : 0), insert: at, cut: file.length };
    const end = change.kind === "remove" ? at + change.count : rest[change.kind];
    const middle = "bytes" in change ? change.bytes : new Uint8Array(0);
    return Buffer.concat([file.subarray(0, at), middle, file.subarray(end)]);
  }, original);
}

/** One to three edits of the file, more likely in its part from `from` to `to`, as shares of its length. */
export function damaged(original: Uint8Array, from = 0, to = 1): fc.Arbitrary<Uint8Array> {
  const near = edit.map((change) => ({ ...change, at: from + change.at * (to - from) }));
  const edits = fc.array(fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: edit }), {
    minLength: 1,
    maxLength: 3,
  });
  return edits.map((list) => edited(original, list));
}

const mebibyte = 2 ** 20;
/** a run; each takes others */
const versions = 500;

/**
 * Reads 500 damaged versions of a file, each of which must be read or refused with a FormatError.
 *
 * @param read gives the bytes that the result takes
 */
export async function survivesDamage(
  path: string,
  files: fc.Arbitrary<Uint8Array>,
  read: (path: string) => Promise<number>,
): Promise<void> {
  const before = process.resourceUsage().maxRSS / 1024;
  let refused = 0;
  const one = async (file: Uint8Array): Promise<void> => {
    await writeFile(path, file);
    try {
      assert.ok((await read(path)) <= 64 * Math.max(mebibyte, file.length));
    } catch (error) {
      assert.ok(error instanceof FormatError, String((error as Error).stack));
      assert.ok(error.message.startsWith(path), error.message);
      refused++;
    }
  };
  await fc.assert(fc.asyncProperty(files, one), { numRuns: versions, endOnFailure: true });
  assert.ok(refused > versions / 10, `only ${refused} of ${versions} damaged files were refused`);
  const grown = process.resourceUsage().maxRSS / 1024 - before;
  assert.ok(grown < 400, `reading small files took ${grown} MiB`);
}
