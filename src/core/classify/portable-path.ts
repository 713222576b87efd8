/** Paths in a file that can be moved together with what they lead to. */
import { isAbsolute, relative, resolve, sep } from "node:path";

/** The path of a folder as it is from the file at `path` on; what is no absolute path is a name, and stays. */
export function portable(source: string, path: string): string {
  if (!isAbsolute(source)) return source;
  const from = relative(resolve(path, ".."), source);
  if (isAbsolute(from)) return source;
  const joined = from.split(sep).join("/");
  return joined.startsWith("../") ? joined : `./${joined}`;
}

/** Where such a path leads to. */
export function located(source: string, path: string): string {
  return /^\.\.?\//.test(source) ? resolve(path, "..", source) : source;
}
