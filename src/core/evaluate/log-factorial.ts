/** log n! to the rounding of the result. @see Abramowitz & Stegun 1964, 6.1.41, for the series */
export function logFactorial(n: number): number {
  if (n < small.length) return small[n];
  const x = n + 1;
  const r = 1 / (x * x);
  return (
    (x - 0.5) * Math.log(x) -
    x +
    Math.log(2 * Math.PI) / 2 +
    (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / x
  );
}

const small = [1];
for (let n = 1; n < 20; n++) small.push(small[n - 1] * n);
small.forEach((product, n) => {
  small[n] = Math.log(product);
});
