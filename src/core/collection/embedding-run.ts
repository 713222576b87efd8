/** One run over a folder: which pictures need the network, and what is written down of each. */
import { join, sep } from "node:path";
import { FileError, ImageError } from "../errors.js";
import type { ExtractOptions, Features, Model, NamedImage } from "../model/model.js";
import type { VectorSpace } from "../model/vector-space.js";
import { row } from "../numeric/matrix.js";
import type { StoreDatabase } from "../store/database.js";
import {
  copyVectors,
  exchangePlaces,
  type FoundFile,
  hashOf,
  hasVector,
  imagesWithHash,
  type KnownImage,
  knownImages,
  markGone,
  markUnread,
  moveImage,
  putImage,
  putVector,
  type ReadFile,
  type Root,
  sameBytes,
  touchImage,
} from "../store/images.js";
import { pathBelow } from "../store/path-below.js";
import { addSpace, findSpace } from "../store/spaces.js";
import type { Writer, WriterOptions } from "../store/writer.js";
import { type EmbeddingPlan, planEmbedding } from "./plan-embedding.js";
import { type PictureBytes, readPicture } from "./read-picture.js";
import { type FolderScan, identityOf } from "./scan-folder.js";
import { Whereabouts } from "./whereabouts.js";

export interface EmbedIntoStoreOptions
  extends Pick<ExtractOptions, "size" | "fit" | "pooling" | "background" | "maxPixels" | "batchSize">,
    WriterOptions {
  readonly model: Model;
  /** also embed what symbolic links lead to @default false */
  readonly followLinks?: boolean;
  /** called as pictures are done with; `total` leaves out those that are known to be as they were */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What became of a folder's pictures. */
export interface EmbedReport {
  /** the folder's own path, links resolved */
  folder: string;
  /** pictures that were new, to the store or to this model, and that had another content than before */
  added: number;
  changed: number;
  /** found at another place, by their content; their vectors were kept */
  renamed: number;
  /** new files with the content of another picture, whose vectors they were given */
  copied: number;
  unchanged: number;
  /** pictures that were there before and are not any more; their vectors are kept and not found */
  gone: number;
  /** pictures that could not be read, and folders that could not be listed */
  failed: { path: string; problem: string }[];
}

/** What a run works on. */
export interface EmbeddingJob {
  database: StoreDatabase;
  writer: Writer;
  root: Root;
  space: VectorSpace;
  scan: FolderScan;
}

/** steps that wait for one transaction, when no batch comes that takes them along */
const stepsAtOnce = 256;

export class EmbeddingRun {
  readonly #job: EmbeddingJob;
  readonly #options: EmbedIntoStoreOptions;
  readonly #plan: EmbeddingPlan;
  readonly #whereabouts: Whereabouts;
  readonly #report: EmbedReport;
  /** the space's id, once it has a row */
  #space: number | undefined;
  /** files whose vectors are being computed, by their whole path */
  readonly #files = new Map<string, { file: ReadFile; changed: boolean }>();
  /** pictures with the content of one of these, which wait for what comes of it */
  readonly #twins: EmbeddingPlan["toRead"] = [];
  readonly #steps: (() => void)[] = [];
  /** images that these steps change, so that what the store says of them holds no longer */
  readonly #changing = new Set<number>();
  #done = 0;
  #firstError: Error | undefined;

  constructor(job: EmbeddingJob, options: EmbedIntoStoreOptions) {
    const { database, root, space, scan } = job;
    this.#job = job;
    this.#options = options;
    this.#space = findSpace(database, space.fingerprint)?.id;
    const known = knownImages(database, root.id, { below: pathBelow(root.path, scan.folder)!, space: this.#space });
    this.#plan = planEmbedding(scan.files, known, {
      unreadable: scan.unreadable,
      // what was too large may not be any more
      retry: options.maxPixels !== undefined,
    });
    this.#whereabouts = new Whereabouts(this.#plan);
    this.#report = {
      folder: scan.folder,
      ...{ added: 0, changed: 0, renamed: 0, copied: 0, unchanged: this.#plan.unchanged, gone: 0 },
      failed: [
        ...scan.errors.map(({ path, message }) => ({ path, problem: message })),
        ...this.#plan.failedBefore.map(({ path, problem }) => ({ path: this.#whole(path), problem: problem ?? "" })),
      ],
    };
  }

  async finish(): Promise<EmbedReport> {
    const { model, followLinks: _, wait: __, onProgress: ___, ...extracting } = this.#options;
    try {
      for (const pictures of [this.#plan.toRead, this.#twins]) {
        const batches = model.stream(this.#toEmbed(pictures), { ...extracting, clsOnly: true, onError: "skip" });
        for await (const features of batches) this.#keep(features);
      }
      await this.#checkRoot();
      const missing = this.#whereabouts.missing();
      for (const id of missing) this.#step(() => markGone(this.#job.database, id), id);
      this.#report.gone += missing.length;
    } finally {
      // what was found out before an end that came early is kept too
      this.#flush();
    }
    const { added, changed, renamed, copied, unchanged } = this.#report;
    if (added + changed + renamed + copied + unchanged === 0 && this.#report.failed.length > 0)
      throw this.#noneCouldBeRead();
    return this.#report;
  }

  /** The first failure, also where it is from an earlier run and nothing has changed since. */
  #noneCouldBeRead(): Error {
    const [{ path, problem }] = this.#report.failed;
    const prefix = `${path}: `;
    return (
      this.#firstError ?? new ImageError(path, problem.startsWith(prefix) ? problem.slice(prefix.length) : problem)
    );
  }

  /** The pictures that need a vector, read one after the other as the network asks for them. */
  async *#toEmbed(pictures: EmbeddingPlan["toRead"]): AsyncGenerator<NamedImage, void, void> {
    for (const { file, known } of pictures) {
      this.#options.signal?.throwIfAborted();
      const name = this.#whole(file.path);
      if (known) this.#whereabouts.reached(known);
      const read = await this.#read(file, known);
      const settled = read === undefined || this.#isSettled({ ...read, path: file.path }, known);
      if (settled) this.#progress(1);
      else if (pictures !== this.#twins && this.#isTwin(read.hash))
        this.#twins.push(known ? { file, known } : { file });
      else {
        const { content, ...rest } = read;
        this.#files.set(name, { file: { ...rest, path: file.path }, changed: this.#hasChanged(read.hash, known) });
        yield { name, source: content };
      }
      if (this.#steps.length >= stepsAtOnce) this.#flush();
    }
  }

  /** Whether a picture with the same content is on its way through the network, whose vector this one can have then. */
  #isTwin(hash: Uint8Array): boolean {
    return [...this.#files.values()].some(({ file }) => sameBytes(file.hash, hash));
  }

  async #read(file: FoundFile, known: KnownImage | undefined): Promise<PictureBytes | undefined> {
    const path = this.#whole(file.path);
    try {
      return await readPicture(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") await this.#vanished(known);
      else {
        const failure =
          error instanceof ImageError
            ? error
            : new FileError(path, `cannot be read (${code ?? message}): check its permissions`, { cause: error });
        this.#failed(path, failure);
        const { database, root } = this.#job;
        this.#step(() => markUnread(database, root, file.path, failure.message));
      }
      return undefined;
    }
  }

  /** Whether a file needs no vector of its own, having one already: as it was, at another place, or in a copy. */
  #isSettled(file: ReadFile, known: KnownImage | undefined): boolean {
    const { database, root } = this.#job;
    const { hash } = file;
    const before = known ? hashOf(database, known.id) : null;
    if (known?.embedded && isAsBefore(known, hash, before)) {
      this.#step(() => touchImage(database, known.id, file), known.id);
      this.#report.unchanged++;
      return true;
    }
    const alike = this.#imagesWith(hash);
    // imported vectors, of which no content is known, stay with their path
    const replaced = before !== null && !sameBytes(before, hash);
    const moved = alike.find(({ id, state }) =>
      known ? replaced && this.#whereabouts.mayReplace(id) : this.#whereabouts.mayAppear(id, state),
    );
    if (moved) {
      this.#move(moved.id, file, known);
      if (!this.#hasVector(moved.id)) return false;
      this.#report.renamed++;
      return true;
    }
    const copy = alike.find(({ id }) => id !== known?.id && this.#hasVector(id));
    if (!copy) return false;
    this.#step(() => copyVectors(database, copy.id, putImage(database, root, file, copy)), known?.id);
    this.#report.copied++;
    return true;
  }

  #imagesWith(hash: Uint8Array): ReturnType<typeof imagesWithHash> {
    const { database } = this.#job;
    const alike = imagesWithHash(database, hash);
    if (!alike.some(({ id }) => this.#changing.has(id))) return alike;
    this.#flush();
    return imagesWithHash(database, hash);
  }

  #move(id: number, file: ReadFile, known: KnownImage | undefined): void {
    const { database, root } = this.#job;
    if (!known) {
      this.#whereabouts.appeared(id);
      this.#step(() => moveImage(database, id, root, file), id);
      return;
    }
    const ousted = this.#whereabouts.replaced(id, known);
    this.#step(() => {
      exchangePlaces(database, ousted, id);
      touchImage(database, id, file);
    }, id);
  }

  #hasChanged(hash: Uint8Array, known: KnownImage | undefined): boolean {
    const before = known ? hashOf(this.#job.database, known.id) : null;
    return before !== null && !sameBytes(before, hash);
  }

  #hasVector(image: number): boolean {
    return this.#space !== undefined && hasVector(this.#job.database, this.#space, image);
  }

  /** Writes down a batch, with all that was found out before it, at once. */
  #keep({ pictures, failed, pooled, cls }: Features): void {
    const vectors = pooled ?? cls;
    for (const { name, error } of failed) this.#reject(name, error);
    for (const [i, { name, width, height }] of pictures.entries()) {
      const vector = row(vectors, i);
      const problem = problemOf(vector);
      if (problem === undefined) this.#embedded(name, vector, { width, height });
      else this.#reject(name, new ImageError(name, problem));
    }
    this.#flush();
    for (const { name } of [...pictures, ...failed]) this.#files.delete(name);
    this.#progress(pictures.length + failed.length);
  }

  #embedded(name: string, vector: Float32Array, size: { width: number; height: number }): void {
    const { database, root, space } = this.#job;
    const { file, changed } = this.#files.get(name)!;
    this.#step(() => {
      this.#space ??= addSpace(database, space, vector.length).id;
      putVector(database, this.#space, putImage(database, root, file, size), vector);
    });
    this.#report[changed ? "changed" : "added"]++;
  }

  #reject(name: string, error: Error): void {
    const { database, root } = this.#job;
    const { file } = this.#files.get(name)!;
    this.#failed(name, error);
    this.#step(() => void putImage(database, root, file, { problem: error.message }));
  }

  #failed(path: string, error: Error): void {
    this.#firstError ??= error;
    this.#report.failed.push({ path, problem: error.message });
  }

  /** A picture that was listed and is not there any more. */
  async #vanished(known: KnownImage | undefined): Promise<void> {
    await this.#checkRoot();
    if (!known || known.state === "gone") return;
    this.#step(() => markGone(this.#job.database, known.id), known.id);
    this.#report.gone++;
  }

  /** A folder that goes away, as with its disk, takes its pictures along: they are not gone one by one. */
  async #checkRoot(): Promise<void> {
    const { folder, identity } = this.#job.scan;
    if ((await identityOf(folder)) === identity) return;
    throw new FileError(
      folder,
      "is not there any more: connect its disk again and run again, which goes on from here; nothing was marked as gone",
    );
  }

  /** @param image the one that it changes, where that is in the store already */
  #step(step: () => void, image?: number): void {
    this.#steps.push(step);
    if (image !== undefined) this.#changing.add(image);
  }

  #flush(): void {
    const steps = this.#steps.splice(0);
    this.#changing.clear();
    if (steps.length > 0)
      this.#job.writer.transaction(() => {
        for (const step of steps) step();
      });
  }

  #progress(count: number): void {
    this.#done += count;
    this.#options.onProgress?.(this.#done, this.#plan.toRead.length);
  }

  #whole(path: string): string {
    return join(this.#job.root.path, path.replaceAll("/", sep));
  }
}

/** Vectors that were imported came without the pictures' content, and are taken for what their file holds. */
function isAsBefore(known: KnownImage, hash: Uint8Array, before: Uint8Array | null): boolean {
  return before === null ? known.bytes === null && known.state === "here" : sameBytes(hash, before);
}

function problemOf(vector: Float32Array): string | undefined {
  if (vector.some((v) => !Number.isFinite(v))) return "the model gives NaN or an infinity for it: leave it out";
  if (vector.every((v) => v === 0)) return "the model gives zeros for it, which cannot be compared: leave it out";
  return undefined;
}
