/** A folder that exists for the tests of one describe block. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Call inside `describe`; the function it returns gives the folder once the tests run. */
export function temporaryFolder(): () => string {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "patchlab test ü "));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
