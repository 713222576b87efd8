/** Tables of vectors for tests. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { FormatError } from "#dist/core/errors.js";
import type { VectorTable } from "#dist/core/interchange/vector-table.js";
import { fixture } from "../../support/fixtures.js";

interface Expected {
  names: string[];
  vectors: number[][];
  search_first_5_k4: { distances: number[][]; indices: number[][] };
}

/** What the programs that made test/fixtures/files put into them. */
export const expected: Expected = JSON.parse(readFileSync(fixture("files/expected.json"), "utf8"));
export const expectedVectors = Float32Array.from(expected.vectors.flat());

/** Texts that have broken files before: quotes, commas, lines, other scripts, nothing at all. */
export const awkward = [
  "a,b.jpg",
  'the "best".jpg',
  "two\nlines.jpg",
  "two\r\nlines.jpg",
  "Köln/日本 😀.jpg",
  " spaces ",
  "",
  "\uFEFFmark",
  '"',
  "cr\rend",
  "name",
  "12",
];

const text = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({ unit: "grapheme", maxLength: 12 }).filter((s) => !s.includes("\0")),
);

/** Tables of one to 20 rows with or without names and labels. */
export const anyTable: fc.Arbitrary<VectorTable> = fc
  .record({ rows: fc.integer({ min: 1, max: 20 }), cols: fc.integer({ min: 1, max: 9 }) })
  .chain(({ rows, cols }) => {
    const list = fc.option(fc.array(text, { minLength: rows, maxLength: rows }), { nil: undefined });
    const length = { minLength: rows * cols, maxLength: rows * cols };
    const numbers = fc.float32Array({ ...length, noNaN: true, noDefaultInfinity: true });
    return fc.record({ data: numbers, names: list, labels: list }).map(({ data, names, labels }) => ({
      vectors: { data: data.slice(), rows, cols },
      ...(names ? { names } : {}),
      ...(labels ? { labels } : {}),
    }));
  });

/** A table of `rows` x `cols` in which every number is another. */
export function plainTable(rows: number, cols: number): VectorTable {
  const data = Float32Array.from({ length: rows * cols }, (_, i) => Math.sin(i));
  return { vectors: { data, rows, cols }, names: Array.from({ length: rows }, (_, i) => `folder/${i}.jpg`) };
}

/** For assert.rejects: a FormatError that starts with the file's path and says this. */
export function formatError(path: string, message: RegExp): (error: Error) => true {
  return (error) => {
    assert.ok(error instanceof FormatError, String(error.stack));
    assert.ok(error.message.startsWith(`${path}: `), error.message);
    assert.match(error.message, message);
    return true;
  };
}
