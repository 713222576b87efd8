/** Which of a store's images may turn up at other places than they had, as a folder's files are read one by one. */
import type { ImageState, KnownImage } from "../store/images.js";
import type { EmbeddingPlan } from "./plan-embedding.js";

export class Whereabouts {
  /** images whose file was not found again, by their id */
  readonly #missing: Map<number, KnownImage>;
  /** those, and all whose file is still to be read: it may be another one by now */
  readonly #free: Map<number, KnownImage>;

  constructor({ missing, toRead }: EmbeddingPlan) {
    this.#missing = new Map(missing.map((image) => [image.id, image]));
    this.#free = new Map(this.#missing);
    for (const { known } of toRead) if (known) this.#free.set(known.id, known);
  }

  missing(): number[] {
    return [...this.#missing.keys()];
  }

  /** Its file is read now. */
  reached(image: KnownImage): void {
    this.#free.delete(image.id);
  }

  /** Whether a file where there was none may be an image's, moved there, and not a copy. */
  mayAppear(id: number, state: ImageState): boolean {
    return this.#missing.has(id) || (state === "gone" && !this.#free.has(id));
  }

  /** Whether a file with another content than before may be another image's. */
  mayReplace(id: number): boolean {
    return this.#free.has(id);
  }

  /** The image was found where there was none. */
  appeared(id: number): void {
    this.#missing.delete(id);
    this.#free.delete(id);
  }

  /**
   * The image was found where another one was, which gets the place that it leaves: files often exchange their names,
   * or move up by one, and so each comes to its own in the end. Their records are exchanged but for the paths.
   *
   * @returns the id of the other one
   */
  replaced(id: number, at: KnownImage): number {
    const left = this.#free.get(id)!;
    const wasMissing = this.#missing.has(id);
    this.appeared(id);
    const ousted = { ...at };
    Object.assign(at, { ...left, path: at.path });
    Object.assign(left, { ...ousted, path: left.path });
    this.#free.set(left.id, left);
    if (wasMissing) this.#missing.set(left.id, left);
    return left.id;
  }
}
