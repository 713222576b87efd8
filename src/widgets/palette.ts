/** Colours with a meaning: categories that colour-blind readers can tell apart, and a perceptual scale for heat. */

export type Rgb = [red: number, green: number, blue: number];

/** How a category is drawn. */
export interface CategoryStyle {
  colour: string;
  symbol: MarkSymbol;
}

export type MarkSymbol = "circle" | "square" | "diamond" | "triangle-up" | "cross" | "star" | "triangle-down" | "x";

const symbols: readonly MarkSymbol[] = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "star",
  "triangle-down",
  "x",
];

/**
 * The palette of Okabe & Ito (2008), https://jfly.uni-koeln.de/color/, strongest contrast first; its black is a grey
 * here, which stands out on white as on black.
 */
const okabeIto = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", "#808080"];

/** The colour of points without a category. */
export const uncategorised = "#9a9a9a";

/** Up to eight categories differ by colour alone; more go round a perceptual wheel and differ by their mark as well. */
export function categoryStyles(n: number): CategoryStyle[] {
  return Array.from({ length: n }, (_, i) =>
    n <= okabeIto.length
      ? { colour: okabeIto[i], symbol: "circle" }
      : { colour: wheel(i, n), symbol: symbols[i % symbols.length] },
  );
}

/** The colour of a numbered mark, counted from 1, and of the number on it. */
export function numberStyle(number: number): { colour: string; text: string } {
  const colour = okabeIto[(number - 1) % okabeIto.length];
  return { colour, text: textOn(colour) };
}

/** Black or white, whichever stands out more on a colour such as "#0072b2". */
export function textOn(colour: string): string {
  return luminance(colour) > 0.179 ? "#000000" : "#ffffff";
}

/** Relative luminance as WCAG 2.2 defines it; from 0.179 on, black stands out more than white. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Neighbours on the wheel differ in lightness too. */
function wheel(i: number, n: number): string {
  const lightness = i % 2 === 0 ? 0.6 : 0.74;
  return hex(oklch(lightness, 0.14, (25 + (360 * i) / n) % 360));
}

/** OKLCH to sRGB; colours outside sRGB lose chroma until they fit. @see Ottosson 2020, https://bottosson.github.io/posts/oklab/ */
function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = Math.cos((hue * Math.PI) / 180);
  const b = Math.sin((hue * Math.PI) / 180);
  for (let c = chroma; ; c -= 0.01) {
    const linear = oklabToLinear(lightness, c * a, c * b);
    if (c <= 0 || linear.every((v) => v >= -0.001 && v <= 1.001)) return linear.map(gamma) as Rgb;
  }
}

function oklabToLinear(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** IEC 61966-2-1 */
function gamma(linear: number): number {
  const v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, v)));
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Every 15th of matplotlib's 256 magma colours (CC0, Smith & van der Walt 2015); straight lines between them stay
 * within 3 of 255 levels of the original.
 */
const magmaStops = (
  "000004 090720 1a1042 311165 4a1079 621980 792282 912b81 aa337d c23b75 d9466b ec5860 f7725c fc8e64 feaa74 fec68a " +
  "fde2a3 fcfdbf"
)
  .split(" ")
  .map((stop): Rgb => [0, 2, 4].map((i) => Number.parseInt(stop.slice(i, i + 2), 16)) as Rgb);

/** The colour of `t` in 0..1 on the magma scale: dark is low, light is high. */
export function magma(t: number): Rgb {
  const x = Math.min(1, Math.max(0, t)) * (magmaStops.length - 1);
  const i = Math.min(magmaStops.length - 2, Math.floor(x));
  const [low, high] = [magmaStops[i], magmaStops[i + 1]];
  return low.map((v, c) => Math.round(v + (high[c] - v) * (x - i))) as Rgb;
}

/** The same as "#rrggbb". */
export function magmaHex(t: number): string {
  return hex(magma(t));
}

/** The scale as a CSS gradient, for colour bars. */
export const magmaGradient: string = `linear-gradient(90deg,${magmaStops.map((stop) => hex(stop)).join(",")})`;

/** The scale's stops, for SVG gradients. */
export const magmaColours: readonly string[] = magmaStops.map((stop) => hex(stop));
