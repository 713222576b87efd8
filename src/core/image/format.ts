/** Which picture formats are read, told by a file's first bytes: names lie, and decoders should see only what they know. */

/** The formats that are read, by the name that people know them under. */
export type ImageFormat = "JPEG" | "PNG" | "WebP" | "GIF" | "AVIF" | "TIFF";

/** Extensions of picture files, lower case without the dot. */
export const imageExtensions: readonly string[] = ["jpg", "jpeg", "png", "webp", "gif", "avif", "tif", "tiff"];

const signatures: readonly [ImageFormat, (start: string) => boolean][] = [
  ["JPEG", (s) => s.startsWith("\xff\xd8\xff")],
  ["PNG", (s) => s.startsWith("\x89PNG\r\n\x1a\n")],
  ["GIF", (s) => s.startsWith("GIF87a") || s.startsWith("GIF89a")],
  ["WebP", (s) => s.startsWith("RIFF") && s.slice(8, 12) === "WEBP"],
  // "*" is 42, the number of classic TIFF, "+" that of BigTIFF
  ["TIFF", (s) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(s.slice(0, 4))],
  // mif1 is the brand of any HEIF still picture; one that is not AVIF fails in the decoder
  ["AVIF", (s) => s.slice(4, 8) === "ftyp" && ["avif", "avis", "mif1"].includes(s.slice(8, 12))],
];

/** The format that the first bytes of a file announce, or undefined for anything that is not read. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  return signatures.find(([, matches]) => matches(start))?.[0];
}
