/** Encoded pictures, told by their first bytes, and their sizes as their headers say. */

export interface ImageKind {
  /** such as "PNG" */
  readonly name: string;
  readonly mime: string;
  /** whether every notebook front end shows the type itself; others need an `<img>` */
  readonly shown: boolean;
}

interface Format extends ImageKind {
  /** @param start the first 12 bytes, one character each */
  fits(start: string): boolean;
  size(bytes: DataView): readonly [width: number, height: number] | undefined;
}

const formats: readonly Format[] = [
  {
    name: "PNG",
    mime: "image/png",
    shown: true,
    fits: (s) => s.startsWith("\x89PNG\r\n\x1a\n"),
    size: (bytes) => [bytes.getUint32(16), bytes.getUint32(20)],
  },
  { name: "JPEG", mime: "image/jpeg", shown: true, fits: (s) => s.startsWith("\xff\xd8\xff"), size: jpegSize },
  {
    name: "GIF",
    mime: "image/gif",
    shown: false,
    fits: (s) => s.startsWith("GIF87a") || s.startsWith("GIF89a"),
    size: (bytes) => [bytes.getUint16(6, true), bytes.getUint16(8, true)],
  },
  {
    name: "WebP",
    mime: "image/webp",
    shown: false,
    fits: (s) => s.startsWith("RIFF") && s.slice(8) === "WEBP",
    size: webpSize,
  },
  {
    name: "AVIF",
    mime: "image/avif",
    shown: false,
    fits: (s) => ["ftypavif", "ftypavis"].includes(s.slice(4)),
    size: () => undefined,
  },
  {
    name: "BMP",
    mime: "image/bmp",
    shown: false,
    // two letters alone begin many a text: the reserved bytes are zero
    fits: (s) => s.startsWith("BM") && s.slice(6, 10) === "\0\0\0\0",
    size: (bytes) => [bytes.getInt32(18, true), Math.abs(bytes.getInt32(22, true))],
  },
];

/** The kind of picture that the bytes begin as, or undefined. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  return formatOf(bytes);
}

function formatOf(bytes: Uint8Array): Format | undefined {
  if (bytes.length < 12) return undefined;
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  return formats.find(({ fits }) => fits(start));
}

/** Width and height in pixels as the file's header says, or undefined where it does not. */
export function imageSize(bytes: Uint8Array): readonly [width: number, height: number] | undefined {
  try {
    const size = formatOf(bytes)?.size(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return size?.every((length) => length > 0) ? size : undefined;
  } catch {
    // the file ends before its header does
    return undefined;
  }
}

/** The first frame header: markers from C0 to CF, but for those that hold tables. */
function jpegSize(bytes: DataView): readonly [number, number] | undefined {
  for (let at = 2; at + 9 < bytes.byteLength; ) {
    const marker = bytes.getUint16(at);
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return [bytes.getUint16(at + 7), bytes.getUint16(at + 5)];
    }
    // fill bytes may stand before a marker
    at += marker === 0xffff ? 1 : 2 + bytes.getUint16(at + 2);
  }
  return undefined;
}

/** Of the three ways that WebP stores pixels: lossy, lossless, extended. */
function webpSize(bytes: DataView): readonly [number, number] | undefined {
  const kind = String.fromCharCode(...[12, 13, 14, 15].map((at) => bytes.getUint8(at)));
  if (kind === "VP8 ") return [bytes.getUint16(26, true) & 0x3fff, bytes.getUint16(28, true) & 0x3fff];
  const uint24 = (at: number): number => bytes.getUint16(at, true) | (bytes.getUint8(at + 2) << 16);
  if (kind === "VP8X") return [uint24(24) + 1, uint24(27) + 1];
  if (kind !== "VP8L") return undefined;
  const bits = bytes.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
