/** The rows of the images' table: what is known of every file. */
import { basename, posix } from "node:path";
import type { Row, StoreDatabase } from "./database.js";
import { pathBelow, pathsIn } from "./path-below.js";

/** A file as the file system describes it, by its path below a root, parts joined by "/". */
export interface FoundFile {
  path: string;
  bytes: number;
  /** milliseconds since 1970 */
  modified: number;
}

export type ImageState = "here" | "failed" | "gone";

/** What a store knows of a file below a root. */
export interface KnownImage {
  id: number;
  path: string;
  /** null where no file was seen, as for imported vectors */
  bytes: number | null;
  modified: number | null;
  state: ImageState;
  problem: string | null;
  /** whether it has a vector in the space that was asked about */
  embedded: boolean;
}

/** A file with what reading it showed. */
export interface ReadFile extends FoundFile {
  hash: Uint8Array;
}

/** A folder that was embedded. None lies in another one, so that no picture is in a store twice. */
export interface Root {
  id: number;
  path: string;
}

/** The root that a folder is or lies in, made where there is none: it takes in those below it. Call it inside a transaction. */
export function addRoot(database: StoreDatabase, folder: string): Root {
  const roots = (database.all("SELECT id, path FROM roots") as [number, string][]).map(([id, path]) => ({ id, path }));
  const known = roots.find(({ path }) => pathBelow(path, folder) !== undefined);
  if (known) return known;
  const root = { id: database.run("INSERT INTO roots (path) VALUES (?)", folder), path: folder };
  for (const { id, path } of roots) {
    const below = pathBelow(folder, path);
    if (below === undefined) continue;
    database.run("UPDATE images SET root = ?, path = ? || '/' || path WHERE root = ?", root.id, below, id);
    database.run("DELETE FROM roots WHERE id = ?", id);
  }
  return root;
}

export interface KnownImagesOptions {
  /** a folder of the root, "" for all of it */
  readonly below: string;
  /** the space that `embedded` is about, if there is one yet */
  readonly space: number | undefined;
}

/** The images below a root, or a folder of it, by their path from the root on. */
export function knownImages(
  database: StoreDatabase,
  root: number,
  { below, space }: KnownImagesOptions,
): Map<string, KnownImage> {
  const [from, to] = below === "" ? ["", "\u{10ffff}"] : pathsIn(below);
  const rows = database.all(
    `SELECT i.id, i.path, i.bytes, i.modified, i.state, i.problem, v.id IS NOT NULL
     FROM images i LEFT JOIN vectors v ON v.image = i.id AND v.space = ? WHERE i.root = ? AND i.path >= ? AND i.path < ?`,
    ...[space ?? -1, root, from, to],
  );
  return new Map(
    (rows as [number, string, number | null, number | null, ImageState, string | null, number][]).map(
      ([id, path, bytes, modified, state, problem, embedded]) => [
        path,
        { id, path, bytes, modified, state, problem, embedded: embedded === 1 },
      ],
    ),
  );
}

export function hashOf(database: StoreDatabase, image: number): Uint8Array | null {
  return (database.get("SELECT hash FROM images WHERE id = ?", image)?.[0] ?? null) as Uint8Array | null;
}

/** Images with these very bytes, the oldest first. */
export function imagesWithHash(
  database: StoreDatabase,
  hash: Uint8Array,
): { id: number; state: ImageState; width: number; height: number }[] {
  const rows = database.all("SELECT id, state, width, height FROM images WHERE hash = ? ORDER BY id", hash);
  return (rows as [number, ImageState, number, number][]).map(([id, state, width, height]) => ({
    ...{ id, state, width, height },
  }));
}

/** The name of the folder that a file lies in. */
export function labelOf(root: string, path: string): string {
  const folder = posix.dirname(path);
  return folder === "." ? basename(root) : posix.basename(folder);
}

/** Writes down a file at its path, and where its content is another than before, forgets its vectors. @returns its id */
export function putImage(
  database: StoreDatabase,
  root: Root,
  file: ReadFile,
  found: { width: number; height: number } | { problem: string },
): number {
  const { path, bytes, modified, hash } = file;
  const [state, problem] = "problem" in found ? ["failed", found.problem] : ["here", null];
  const [width, height] = "problem" in found ? [null, null] : [found.width, found.height];
  const label = labelOf(root.path, path);
  const known = database.get("SELECT id, hash FROM images WHERE root = ? AND path = ?", root.id, path);
  if (!known)
    return database.run(
      `INSERT INTO images (root, path, label, bytes, modified, hash, width, height, state, problem)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[root.id, path, label, bytes, modified, hash, width, height, state, problem],
    );
  const [id, before] = known as [number, Uint8Array | null];
  if (state === "failed" && sameBytes(hash, before) && hasVectors(database, id)) {
    // another model could make something of these very bytes
    touchImage(database, id, file);
    return id;
  }
  database.run(
    "UPDATE images SET bytes = ?, modified = ?, hash = ?, width = ?, height = ?, state = ?, problem = ? WHERE id = ?",
    ...[bytes, modified, hash, width, height, state, problem, id],
  );
  if (state === "failed" || (before !== null && !sameBytes(before, hash))) forgetVectors(database, id);
  return id;
}

/** A file whose content is as it was. */
export function touchImage(database: StoreDatabase, id: number, file: ReadFile): void {
  database.run(
    "UPDATE images SET bytes = ?, modified = ?, hash = ?, state = 'here', problem = NULL WHERE id = ?",
    ...[file.bytes, file.modified, file.hash, id],
  );
}

/** A file that was found again at another place. */
export function moveImage(database: StoreDatabase, id: number, root: Root, file: ReadFile): void {
  database.run(
    "UPDATE images SET root = ?, path = ?, label = ? WHERE id = ?",
    ...[root.id, file.path, labelOf(root.path, file.path), id],
  );
  touchImage(database, id, file);
}

/** Two files of which each was found where the other had been, as far as is known. */
export function exchangePlaces(database: StoreDatabase, a: number, b: number): void {
  const [placeA, placeB] = [a, b].map((id) => database.get("SELECT root, path, label FROM images WHERE id = ?", id)!);
  const put = (id: number, place: Row) =>
    database.run("UPDATE images SET root = ?, path = ?, label = ? WHERE id = ?", ...place, id);
  // no two may have one path, even in between
  database.run("UPDATE images SET path = '' WHERE id = ?", a);
  put(b, placeA);
  put(a, placeB);
}

/** A file that is there and cannot be read just now: it is tried again each time, and its vectors are kept. */
export function markUnread(database: StoreDatabase, root: Root, path: string, problem: string): void {
  database.run(
    `INSERT INTO images (root, path, label, state, problem) VALUES (?, ?, ?, 'failed', ?)
     ON CONFLICT (root, path) DO UPDATE SET bytes = NULL, modified = NULL, state = 'failed', problem = excluded.problem`,
    ...[root.id, path, labelOf(root.path, path), problem],
  );
}

export function markGone(database: StoreDatabase, id: number): void {
  database.run("UPDATE images SET state = 'gone', problem = NULL WHERE id = ?", id);
}

export function sameBytes(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && Buffer.compare(a, b) === 0;
}

function forgetVectors(database: StoreDatabase, image: number): void {
  database.run("DELETE FROM vectors WHERE image = ?", image);
}

/** The vector of an image, in the place of one that was there. */
export function putVector(database: StoreDatabase, space: number, image: number, vector: Float32Array): void {
  database.run("DELETE FROM vectors WHERE image = ? AND space = ?", image, space);
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  database.run("INSERT INTO vectors (space, image, vector) VALUES (?, ?, ?)", space, image, bytes);
}

/** Gives an image the vectors that it lacks, in every space, of another with the same bytes. */
export function copyVectors(database: StoreDatabase, from: number, to: number): void {
  database.run(
    `INSERT INTO vectors (space, image, vector) SELECT space, ?, vector FROM vectors
     WHERE image = ? AND space NOT IN (SELECT space FROM vectors WHERE image = ?)`,
    ...[to, from, to],
  );
}

function hasVectors(database: StoreDatabase, image: number): boolean {
  return database.get("SELECT 1 FROM vectors WHERE image = ?", image) !== undefined;
}

export function hasVector(database: StoreDatabase, space: number, image: number): boolean {
  return database.get("SELECT 1 FROM vectors WHERE image = ? AND space = ?", image, space) !== undefined;
}
