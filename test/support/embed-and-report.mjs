/**
 * A process that checks a store and embeds a folder into it, and says on standard output, line by line as JSON, how far
 * it is: { store } with what the check found, { done } after each batch, { report } at the end. With { gated: true } it
 * waits after each batch for a byte on standard input.
 */
import { existsSync, readSync, writeSync } from "node:fs";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { loadModel } from "#dist/core/model/load.js";
import { openDatabase } from "#dist/core/store/database.js";

const { folder, store, model: source, gated, ...options } = JSON.parse(process.argv[2]);
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);

say({ store: existsSync(store) ? check() : null });
const model = await loadModel(source, { threads: 1 });
const onProgress = (done) => {
  say({ done });
  if (gated) readSync(0, Buffer.alloc(1));
};
const embedded = await embedFolder(folder, { ...options, model, store, onProgress });
say({ report: embedded.report });
await embedded.close();
await model.close();
// standard input would keep it alive
process.exit();

function check() {
  const database = openDatabase(store, { create: true });
  const [integrity] = database.get("PRAGMA integrity_check");
  const [vectors] = database.get("SELECT count(*) FROM vectors");
  const [orphans] = database.get(
    "SELECT count(*) FROM vectors v LEFT JOIN images i ON i.id = v.image WHERE i.hash IS NULL OR i.state <> 'here'",
  );
  const [bare] = database.get(
    "SELECT count(*) FROM images i WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE image = i.id)",
  );
  database.close();
  return { integrity, vectors, orphans, bare };
}
