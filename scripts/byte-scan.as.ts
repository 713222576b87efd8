// Source of src/core/numeric/byte-scan.wasm, in AssemblyScript; how to compile it is in CONTRIBUTING.md.
// Products of rows of signed bytes with one row of 16-bit numbers, in sums of 32 bits.

function sum(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
}

/**
 * `count` rows that lie `stride` bytes apart, a multiple of 16, and up to three more: four at a time, so that the query
 * is read once for them.
 */
export function products(rows: usize, stride: usize, count: i32, query: usize, target: usize): void {
  const second = stride;
  const third = stride * 2;
  const fourth = stride * 3;
  for (let i = 0; i < count; i += 4) {
    let a = i32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let q = query;
    for (const end = rows + stride; rows < end; rows += 16, q += 32) {
      let w = v128.load(q);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows), w));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows + second), w));
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows + third), w));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows + fourth), w));
      w = v128.load(q, 16);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows, 8), w));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows + second, 8), w));
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows + third, 8), w));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load_ext<i8>(rows + fourth, 8), w));
    }
    const p = target + (i << 2);
    store<i32>(p, sum(a));
    store<i32>(p, sum(b), 4);
    store<i32>(p, sum(c), 8);
    store<i32>(p, sum(d), 12);
    rows += fourth;
  }
}
