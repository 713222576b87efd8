/** The rows of the spaces' table. */
import { ArgumentError, ModelMismatchError, StoreError } from "../errors.js";
import type { Model } from "../model/model.js";
import { readingSchema } from "../model/reading-schema.js";
import { checkModel, type Reading, readingToJson, short, spaceOf, type VectorSpace } from "../model/vector-space.js";
import type { StoreDatabase } from "./database.js";

/** A space that a store has vectors of. */
export interface StoredSpace extends VectorSpace {
  id: number;
  /** numbers a vector */
  dim: number;
}

const columns = "id, fingerprint, model, source, dim, reading";

export function listSpaces(database: StoreDatabase): StoredSpace[] {
  return database.all(`SELECT ${columns} FROM spaces ORDER BY id`).map((row) => spaceOfRow(row, database.path));
}

function spaceOfRow(row: readonly unknown[], store: string): StoredSpace {
  const [id, fingerprint, modelName, source, dim, json] = row as [
    number,
    string,
    string,
    string | null,
    number,
    string,
  ];
  if (!Number.isInteger(dim) || dim < 1)
    throw new StoreError(store, `says that its vectors have ${dim} numbers: it is damaged, copy it again`);
  const reading = readingFromJson(json, store);
  return {
    ...{ id, fingerprint, modelName, dim },
    ...(source === null ? {} : { modelSource: source }),
    ...(reading ? { reading } : {}),
  };
}

/** @throws StoreError when the text is not what `readingToJson` made */
function readingFromJson(text: string, store: string): Reading | undefined {
  try {
    return readingSchema.nullable().parse(JSON.parse(text)) ?? undefined;
  } catch (cause) {
    throw new StoreError(
      store,
      "does not say in a way that is known here how its pictures were read: embed them into a new one",
      { cause },
    );
  }
}

export function findSpace(database: StoreDatabase, fingerprint: string): StoredSpace | undefined {
  const row = database.get(`SELECT ${columns} FROM spaces WHERE fingerprint = ?`, fingerprint);
  return row && spaceOfRow(row, database.path);
}

/** The space's row, made where there is none. Call it inside a transaction. */
export function addSpace(database: StoreDatabase, space: VectorSpace, dim: number): StoredSpace {
  const known = findSpace(database, space.fingerprint);
  if (known) return known;
  const { fingerprint, modelName, modelSource = null, reading } = space;
  const id = database.run(
    "INSERT INTO spaces (fingerprint, model, source, dim, reading) VALUES (?, ?, ?, ?, ?)",
    ...[fingerprint, modelName, modelSource, dim, readingToJson(reading)],
  );
  return { ...space, id, dim };
}

/** @param wanted a model's name, or the beginning of a fingerprint; every space is meant without it */
export function isMeant(
  { modelName, fingerprint }: Pick<VectorSpace, "modelName" | "fingerprint">,
  wanted?: string,
): boolean {
  return wanted === undefined || modelName === wanted || fingerprint.startsWith(wanted);
}

/**
 * The space that is meant.
 *
 * @param wanted a model's name, or the beginning of a fingerprint; not needed where there is one space
 * @throws StoreError when there are no vectors; ArgumentError that lists the spaces when none or several are meant
 */
export function chooseSpace(database: StoreDatabase, wanted?: string): StoredSpace {
  const spaces = listSpaces(database);
  if (spaces.length === 0)
    throw new StoreError(database.path, "holds no vectors yet: fill it with `patchlab embed FOLDER --store FILE`");
  const fits = spaces.filter((space) => isMeant(space, wanted));
  if (fits.length === 1) return fits[0];
  const list = listed(spaces);
  throw new ArgumentError(
    "space",
    wanted === undefined
      ? `is missing: ${database.path} holds vectors of ${list}, so give one of these names or fingerprints`
      : `is "${wanted}", which is ${fits.length === 0 ? "none" : "more than one"} of those in ${database.path}: ${list}; give a name, or a fingerprint where names are the same`,
  );
}

/**
 * The space that a model puts pictures into.
 *
 * @throws StoreError when there are no vectors; ModelMismatchError when the model made none of them; ArgumentError that
 *   lists the spaces when it read pictures in several ways
 */
export async function spaceOfModel(database: StoreDatabase, model: Model): Promise<StoredSpace> {
  const spaces = listSpaces(database);
  const own: StoredSpace[] = [];
  for (const known of spaces)
    if (known.reading && (await spaceOf(model, known.reading)).fingerprint === known.fingerprint) own.push(known);
  if (own.length === 1) return own[0];
  if (own.length > 1 || spaces.length < 2) {
    const only = chooseSpace(database);
    await checkModel(only, model, database.path);
    return only;
  }
  throw new ModelMismatchError(
    "model",
    `${model.name} is another than those that made the vectors in ${database.path}, ${listed(spaces)}: load one of them, or embed the pictures with this one too`,
  );
}

function listed(spaces: readonly StoredSpace[]): string {
  return spaces.map(({ modelName, fingerprint }) => `${modelName} (${short(fingerprint)})`).join(", ");
}
