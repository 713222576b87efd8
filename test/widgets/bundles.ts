/** What tests ask of figures' bundles. */
import assert from "node:assert/strict";
import sharp from "sharp";
import type { MimeBundle } from "#dist/widgets/index.js";

/** Markup, and characters that XML refuses even when they are escaped. */
export const evil = `"><script>alert('x')</script>&\0\b\x1b\ufffe\ud83d`;

/** The figure's own markup, before the shared style sheet and scripts. */
export function markup(bundle: MimeBundle): string {
  return bundle["text/html"].split("<!--patchlab:shared-->")[0];
}

export function caption(bundle: MimeBundle): string {
  const inner = /<figcaption>(.*)<\/figcaption>/s.exec(markup(bundle))?.[1] ?? "";
  return inner.replace(/<[^>]*>/g, "");
}

export async function assertPng(bundle: MimeBundle, mostBytes: number): Promise<void> {
  const bytes = Buffer.from(bundle["image/png"], "base64");
  const { format, width, height } = await sharp(bytes).metadata();
  assert.deepEqual([format, width > 1000, height > 100], ["png", true, true]);
  assert.ok(bytes.length < mostBytes, `${bytes.length} bytes`);
}
