/** Which pictures can lie on a map without covering each other. */

/**
 * Goes through the points in order and keeps those whose square of `side` touches no square kept before and lies
 * inside the box. Points that are not finite are left out.
 *
 * @returns indices of the kept points, in order
 */
export function uncrowded(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  side: number,
  width: number,
  height: number,
): number[] {
  const kept: number[] = [];
  // cells as large as a square: only the nine around it can hold one that it touches
  const cells = new Map<string, number[]>();
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i], ys[i]];
    if (!(x >= side / 2 && x <= width - side / 2 && y >= side / 2 && y <= height - side / 2)) continue;
    const [column, line] = [Math.floor(x / side), Math.floor(y / side)];
    const free = neighbours(cells, column, line).every(
      (j) => Math.abs(xs[j] - x) >= side || Math.abs(ys[j] - y) >= side,
    );
    if (!free) continue;
    kept.push(i);
    const key = `${column} ${line}`;
    cells.set(key, [...(cells.get(key) ?? []), i]);
  }
  return kept;
}

function neighbours(cells: ReadonlyMap<string, number[]>, column: number, line: number): number[] {
  const found: number[] = [];
  for (let c = column - 1; c <= column + 1; c++)
    for (let l = line - 1; l <= line + 1; l++) found.push(...(cells.get(`${c} ${l}`) ?? []));
  return found;
}
