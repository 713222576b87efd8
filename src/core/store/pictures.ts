/** Pictures as the rest of the project knows them, from the images' table. */
import { join } from "node:path";
import { planTransform } from "../image/transform.js";
import type { VectorSpace } from "../model/vector-space.js";
import type { Picture } from "../picture.js";
import type { Row, StoreDatabase } from "./database.js";

export interface StoredPicture {
  picture: Picture;
  label: string;
}

const columns = "r.path, i.path, i.label, i.width, i.height";
const joined = "images i JOIN roots r ON r.id = i.root";

export function describePicture(database: StoreDatabase, space: VectorSpace, image: number): StoredPicture {
  const row = database.get(`SELECT ${columns} FROM ${joined} WHERE i.id = ?`, image);
  // an image that another process took away while the index is open
  if (!row) return pictureOf(["", `image ${image}`, "", null, null], space);
  return pictureOf(row, space);
}

/** Those of the given images, in their order. */
export function describePictures(database: StoreDatabase, space: VectorSpace, images: Float64Array): StoredPicture[] {
  const all = new Map(
    database
      .all(`SELECT i.id, ${columns} FROM ${joined} WHERE i.state = 'here'`)
      .map(([id, ...row]) => [id as number, row]),
  );
  return Array.from(images, (image) => {
    const row = all.get(image);
    return row ? pictureOf(row, space) : describePicture(database, space, image);
  });
}

/** Sizes are 0 where no file was read, as for imported vectors whose pictures are elsewhere. */
function pictureOf(row: Row, { reading }: VectorSpace): StoredPicture {
  const [root, path, label, width, height] = row as [string, string, string, number | null, number | null];
  const name = join(root, path);
  const [w, h] = [width ?? 0, height ?? 0];
  const view =
    reading && w > 0 && h > 0 ? planTransform(w, h, reading.transform).view : { left: 0, top: 0, width: w, height: h };
  return { picture: { name, source: name, width: w, height: h, view }, label };
}
