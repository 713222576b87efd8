/**
 * Every error that patchlab throws on purpose. Each is one sentence that says what was expected, what came and
 * what to do, and carries the same facts as fields.
 */

/** The parent of all of them: `catch (e) { if (e instanceof PatchlabError) … }`. */
export class PatchlabError extends Error {
  override name = "PatchlabError";
}

/** An argument has a value that the function cannot work with. */
export class ArgumentError extends PatchlabError {
  override name = "ArgumentError";
  readonly argument: string;

  constructor(argument: string, problem: string, options?: ErrorOptions) {
    super(`${argument} ${problem}`, options);
    this.argument = argument;
  }
}

/** Arrays, matrices or tensors whose sizes do not fit each other or the job. */
export class ShapeError extends ArgumentError {
  override name = "ShapeError";
}

/** NaN or an infinity where numbers are needed. `row` is the first row that holds one. */
export class NotFiniteError extends ArgumentError {
  override name = "NotFiniteError";
  readonly row: number;

  constructor(argument: string, row: number, advice = "remove that row or find where it was made") {
    super(argument, `holds NaN or an infinity in row ${row}: ${advice}`);
    this.row = row;
  }
}

/** Data without the variety that the method needs, such as tokens that are all equal. */
export class DegenerateDataError extends ArgumentError {
  override name = "DegenerateDataError";
}

/** A file or folder that is missing, empty, unreadable or cannot be written. */
export class FileError extends PatchlabError {
  override name = "FileError";
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/** A picture that cannot be decoded or is larger than the stated limit. */
export class ImageError extends FileError {
  override name = "ImageError";
}

/** A model folder, configuration or weights file that does not hold what its family needs. */
export class CheckpointError extends FileError {
  override name = "CheckpointError";
  /** The tensor or configuration key at fault, where there is one. */
  readonly entry?: string;

  constructor(path: string, problem: string, options?: ErrorOptions & { entry?: string }) {
    super(path, problem, options);
    if (options?.entry !== undefined) this.entry = options.entry;
  }
}

/** A file of patchlab's own kind or one for exchange (recipe, notebook, FAISS, NumPy, …) that does not hold what it should. */
export class FormatError extends FileError {
  override name = "FormatError";
}

/** A feature store that cannot be opened, read or written. */
export class StoreError extends FileError {
  override name = "StoreError";
}

/** Another process is writing into the store. */
export class StoreBusyError extends StoreError {
  override name = "StoreBusyError";
}

/** Vectors of different models, or of one model run in different ways, which cannot be compared. */
export class ModelMismatchError extends ArgumentError {
  override name = "ModelMismatchError";
}

/** A comparison that does not compare what it says it does. */
export class BrokenComparisonError extends PatchlabError {
  override name = "BrokenComparisonError";
  /** what does not hold, such as "train and test disjoint" */
  readonly check: string;
  /** the model and the head at fault, where one is */
  readonly model?: string;
  readonly head?: string;

  constructor(check: string, finding: string, at: { model?: string | undefined; head?: string | undefined } = {}) {
    const whose = [at.model, at.head].filter((name) => name !== undefined).join(", ");
    super(`Broken comparison: "${check}" does not hold${whose === "" ? "" : ` for ${whose}`}: ${finding}`);
    this.check = check;
    if (at.model !== undefined) this.model = at.model;
    if (at.head !== undefined) this.head = at.head;
  }
}

/** A model, session, index or store that was used after `close()`. */
export class ClosedError extends PatchlabError {
  override name = "ClosedError";

  constructor(what: string) {
    super(`${what} is closed: open it again before using it`);
  }
}

/** onnxruntime refused a graph or failed while running it. */
export class RuntimeError extends PatchlabError {
  override name = "RuntimeError";
}

/** The Hugging Face Hub, or the way to it, does not give what was asked for. */
export class HubError extends PatchlabError {
  override name = "HubError";
  /** The repository, as "owner/name". */
  readonly hubId: string;
  /** What the Hub answered with, where it answered. */
  readonly status?: number;
  /** The file of the repository at fault, where there is one. */
  readonly file?: string;

  constructor(hubId: string, problem: string, options?: ErrorOptions & { status?: number; file?: string }) {
    super(`${hubId}${options?.file === undefined ? "" : `, ${options.file}`}: ${problem}`, options);
    this.hubId = hubId;
    if (options?.status !== undefined) this.status = options.status;
    if (options?.file !== undefined) this.file = options.file;
  }
}
