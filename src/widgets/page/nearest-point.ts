/** Going through a cloud of points with arrow keys. */

/** A step to the right is [1, 0], a step up [0, 1]. */
export type Direction = readonly [x: number, y: number];

/**
 * The next point in a direction: near, and more ahead than aside. Without a point to start from, the first visible
 * one; at the border, the point itself.
 */
export function towards(
  points: Float32Array,
  from: number | undefined,
  [dx, dy]: Direction,
  visible: (i: number) => boolean,
): number | undefined {
  let best: number | undefined = from;
  let least = Infinity;
  for (let i = 0; i < points.length / 2; i++) {
    if (i === from || !visible(i)) continue;
    if (from === undefined) return i;
    const [x, y] = [points[2 * i] - points[2 * from], points[2 * i + 1] - points[2 * from + 1]];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    const cost = ahead + 2 * aside;
    if (ahead > 0 && cost < least) {
      least = cost;
      best = i;
    }
  }
  return best;
}
