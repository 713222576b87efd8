/** Brings a model onto this disk by its name. */
import { ofCell } from "../display-hook.js";
import { ArgumentError, FileError } from "../errors.js";
import { isHubId } from "../hub/cache-layout.js";
import { type PulledRepository, type PullOptions, pullRepository } from "../hub/pull-repository.js";
import { type CatalogueEntry, catalogueEntry, folderOf, unknownModel } from "./catalogue.js";

export type { PulledFile } from "../hub/pull-file.js";
export type { PullOptions } from "../hub/pull-repository.js";

export interface PulledModel extends Omit<PulledRepository, "source" | "hubId" | "commit"> {
  /**
   * for loadModel and the commands' --model, which look for the catalogue's revision or main: when another was asked
   * for, give them `folder`
   */
  name: string;
  /** left out for a model that ships with patchlab, as is the commit */
  hubId?: string;
  commit?: string;
  /**
   * "hub": every file is as the Hub has it now. "cache": the Hub was not asked, not there, or took no more requests,
   * and what was here before is whole. "bundled": it ships with patchlab
   */
  source: "hub" | "cache" | "bundled";
}

/**
 * Downloads a model into the Hugging Face cache, where loadModel and Python find it. What is there already is checked
 * and kept; a download that broke off goes on where it ended; two processes may do it at once. A commit has no name in
 * the cache, so for those models whose catalogue entry has a `revision` Python must be given it: `revision=<commit>`.
 *
 * Obeys HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE as Python's huggingface_hub does.
 *
 * @param source a catalogue name such as "dinov2-small", or a Hub id such as "facebook/dinov2-small"
 * @throws ArgumentError for a name that is none
 * @throws HubError when the network, the licence gate, the name or what the Hub sent is the problem
 * @throws FileError when the disk is
 * @example await pullModel("dinov2-small", { onProgress: (done, total) => console.log(done / total) });
 */
export async function pullModel(source: string, options: PullOptions = {}): Promise<PulledModel> {
  if (typeof source !== "string" || source === "")
    throw new ArgumentError("model", 'is missing: give a name such as "dinov2-small"');
  const entry = catalogueEntry(source);
  if (entry && entry.hubId === undefined) return bundled(entry);
  if (!entry && !isHubId(source)) throw unknownModel(source);
  const revision = options.revision ?? entry?.revision;
  const settings = ofCell(options);
  const chosen = revision === undefined ? settings : { ...settings, revision };
  return { name: source, ...(await pullRepository(entry?.hubId ?? source, chosen)) };
}

async function bundled(entry: CatalogueEntry): Promise<PulledModel> {
  const folder = await folderOf(entry);
  if (folder === undefined)
    throw new FileError(`models/${entry.name}`, "is missing from patchlab's own folder: install patchlab again");
  return { name: entry.name, folder, source: "bundled", files: [] };
}
