/**
 * What the environment says of the Hub: the variables of Python's huggingface_hub, with its defaults.
 *
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "../errors.js";

type Environment = Readonly<Record<string, string | undefined>>;

export interface HubToken {
  text: string;
  /** where it stands, for messages: the variable's name or the file's path */
  origin: string;
}

export interface HubSettings {
  /** without a slash at its end */
  endpoint: string;
  cacheFolder: string;
  token?: HubToken;
  /** nothing may be asked of the network */
  offline: boolean;
  /** whether the cache is made of links, as it is wherever there are any */
  symlinks: boolean;
}

/** @throws ArgumentError when HF_ENDPOINT is no bare web address or HF_TOKEN no token */
export async function hubSettings(env: Environment = process.env): Promise<HubSettings> {
  return {
    endpoint: endpointOf(env),
    cacheFolder: hubCacheFolder(env),
    token: await tokenOf(env),
    offline: isTrue(env.HF_HUB_OFFLINE) || isTrue(env.TRANSFORMERS_OFFLINE),
    symlinks: !isTrue(env.HF_HUB_DISABLE_SYMLINKS),
  };
}

/** Where the Hub's files lie on this disk, whichever program downloaded them. */
export function hubCacheFolder(env: Environment = process.env): string {
  const named = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE;
  return named ? expanded(named, env) : join(hubHome(env), "hub");
}

function hubHome(env: Environment): string {
  return expanded(env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface"), env);
}

/** As Python's expanduser and expandvars: these variables are often set where no shell expands them. */
function expanded(path: string, env: Environment): string {
  const inHome = path.replace(/^~(?=$|[\\/])/, homedir());
  return inHome.replace(/\$(?:(\w+)|\{(\w+)\})/g, (text, plain, braced) => env[plain ?? braced] ?? text);
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["1", "ON", "YES", "TRUE"].includes(value.toUpperCase());
}

function endpointOf(env: Environment): string {
  const given = env.HF_ENDPOINT || "https://huggingface.co";
  // messages show the address, so nothing secret may be in it; nor do they show this one
  if (/[@?#]/.test(given))
    throw new ArgumentError(
      "HF_ENDPOINT",
      'has "@", "?" or "#" in it, as an address with a password or a key has: give the bare address, such as https://huggingface.co, and a token in HF_TOKEN',
    );
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:")
    throw new ArgumentError("HF_ENDPOINT", `is "${given}": give a web address such as https://huggingface.co`);
  return given.replace(/\/+$/, "");
}

async function tokenOf(env: Environment): Promise<HubToken | undefined> {
  const variable = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].find((name) => env[name]?.trim());
  if (variable !== undefined) return checked({ text: env[variable]!.trim(), origin: variable });
  // the file is sent unasked, which some want nowhere
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const path = env.HF_TOKEN_PATH ? expanded(env.HF_TOKEN_PATH, env) : join(hubHome(env), "token");
  const text = (await readFile(path, "utf8").catch(() => "")).trim();
  return text === "" ? undefined : checked({ text, origin: path });
}

/** The text goes into a header; it is not shown, since it may be a token with a slip in it. */
function checked(token: HubToken): HubToken {
  if (/^[\x21-\x7e]{1,1000}$/.test(token.text)) return token;
  throw new ArgumentError(token.origin, "holds blanks or letters that no access token has: copy the token again");
}
