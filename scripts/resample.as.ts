// Source of src/core/image/resample.wasm, in AssemblyScript; how to compile it is in CONTRIBUTING.md.
// Rows and columns of 8-bit RGB in Pillow's fixed point: sums of 32 bits, rounded, shifted and clipped.

const BITS: i32 = 22;
const HALF: i32 = 1 << (BITS - 1);

/** One output row of `length` bytes: `count` input rows that lie `step` bytes apart, each times its weight. */
export function columns(source: usize, step: i32, target: usize, length: i32, weights: usize, count: i32): void {
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    let a = i32x4.splat(HALF);
    let b = a;
    let c = a;
    let d = a;
    let p = source + i;
    for (let k = 0; k < count; k++, p += step) {
      const w = v128.load_splat<i32>(weights + (k << 2));
      const x = v128.load(p);
      const low = v128.extend_low<u8>(x);
      const high = v128.extend_high<u8>(x);
      a = i32x4.add(a, i32x4.mul(v128.extend_low<u16>(low), w));
      b = i32x4.add(b, i32x4.mul(v128.extend_high<u16>(low), w));
      c = i32x4.add(c, i32x4.mul(v128.extend_low<u16>(high), w));
      d = i32x4.add(d, i32x4.mul(v128.extend_high<u16>(high), w));
    }
    const ab = i16x8.narrow_i32x4_s(i32x4.shr_s(a, BITS), i32x4.shr_s(b, BITS));
    const cd = i16x8.narrow_i32x4_s(i32x4.shr_s(c, BITS), i32x4.shr_s(d, BITS));
    v128.store(target + i, i8x16.narrow_i16x8_u(ab, cd));
  }
  for (; i < length; i++) {
    let sum = HALF;
    let p = source + i;
    for (let k = 0; k < count; k++, p += step) sum += <i32>load<u8>(p) * load<i32>(weights + (k << 2));
    sum >>= BITS;
    store<u8>(target + i, <u8>max(0, min(255, sum)));
  }
}

/** One row of `width` pixels: three bytes a tap, of the four that are read. */
export function row(
  source: usize,
  target: usize,
  width: i32,
  first: usize,
  count: usize,
  weights: usize,
  stride: i32,
): void {
  for (let x = 0; x < width; x++) {
    let p = source + load<i32>(first + (x << 2)) * 3;
    let w = weights + ((x * stride) << 2);
    let sum = i32x4.splat(HALF);
    const n = load<i32>(count + (x << 2));
    for (let k = 0; k < n; k++, p += 3, w += 4) {
      const pixel = v128.extend_low<u16>(v128.extend_low<u8>(v128.load32_zero(p)));
      sum = i32x4.add(sum, i32x4.mul(pixel, v128.load_splat<i32>(w)));
    }
    sum = i32x4.shr_s(sum, BITS);
    const out = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(sum, sum), sum);
    const q = target + x * 3;
    store<u8>(q, i8x16.extract_lane_u(out, 0));
    store<u8>(q + 1, i8x16.extract_lane_u(out, 1));
    store<u8>(q + 2, i8x16.extract_lane_u(out, 2));
  }
}
