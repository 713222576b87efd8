/** A matrix as a table of numbers. */
import { checkMatrix, type Matrix } from "../core/numeric/matrix.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { contentWidth, type Drawing, fitText, ink, svgText } from "./svg.js";
import { count, counted } from "./wording.js";

export interface MatrixTableOptions extends FigureOptions {
  /** rows that are written out @default 12 */
  readonly rows?: number;
  /** columns that are written out @default 8 */
  readonly cols?: number;
}

/**
 * Writes out the corner of a matrix, with its size.
 *
 * @throws ShapeError when the record's sizes and its array do not agree
 */
export async function matrixTable(matrix: Matrix, options: MatrixTableOptions = {}): Promise<MimeBundle> {
  checkMatrix(matrix, "matrix");
  const cells = corner(matrix, options.rows ?? 12, options.cols ?? 8);
  const [shownRows, shownCols] = [cells.length, cells[0]?.length ?? 0];
  const all = shownRows === matrix.rows && shownCols === matrix.cols;
  return bundleOf(
    {
      widget: "table",
      body: markup(cells, matrix),
      caption: {
        shows: `A matrix of ${counted(matrix.rows, "row")} and ${counted(matrix.cols, "column")}.`,
        reading: all
          ? ""
          : `Written out: ${counted(shownRows, "row")}, ${counted(shownCols, "column")}, to four digits.`,
      },
      drawing: draw(cells),
      text: cells.map((row) => row.join("  ")),
    },
    options,
    `Matrix ${matrix.rows} x ${matrix.cols}`,
  );
}

function corner({ data, rows, cols }: Matrix, mostRows: number, mostCols: number): string[][] {
  const width = Math.min(cols, mostCols);
  return Array.from({ length: Math.min(rows, mostRows) }, (_, i) =>
    Array.from({ length: width }, (_, j) => digits(data[i * cols + j])),
  );
}

function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(4))).replace("-", "\u2212");
}

function markup(cells: readonly string[][], { rows, cols }: Matrix): string {
  const width = cells[0]?.length ?? 0;
  const more = cols > width ? `<th aria-label="more columns">…</th>` : "";
  const head = Array.from({ length: width }, (_, j) => `<th scope="col">${j}</th>`).join("");
  const body = cells.map((row, i) => {
    const numbers = row.map((cell) => `<td>${cell}</td>`).join("");
    return `<tr><th scope="row">${i}</th>${numbers}${more ? "<td>…</td>" : ""}</tr>`;
  });
  const rest =
    rows > cells.length ? `<tr><th colspan="${width + 2}">… ${count(rows - cells.length)} more rows</th></tr>` : "";
  return `<div class="pl-scroll"><table class="pl-table"><thead><tr><td></td>${head}${more}</tr></thead><tbody>${body.join("")}${rest}</tbody></table></div>`;
}

function draw(cells: readonly string[][]): Drawing {
  const width = contentWidth / ((cells[0]?.length ?? 0) + 1);
  const elements = cells.map((row, i) => {
    const y = 14 + i * 20;
    const numbers = row.map((cell, j) => svgText(fitText(cell, width - 6), (j + 2) * width, y, { anchor: "end" }));
    return svgText(String(i), 0, y, { colour: ink.muted }) + numbers.join("");
  });
  return { elements: elements.join(""), height: cells.length * 20 };
}
