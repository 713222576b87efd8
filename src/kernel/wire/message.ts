/** Jupyter messages as the kernel handles them, and as frames of zeromq. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Signer } from "./signer.js";

type JsonObject = Record<string, unknown>;

/** What a message says of itself, with more than this; what answers it carries the same as its parent. */
export interface Header extends JsonObject {
  readonly msg_id: string;
  readonly msg_type: string;
}

const header: z.ZodType<Header> = z.looseObject({
  msg_id: z.string("has no msg_id").min(1, "has an empty msg_id"),
  msg_type: z.string("has no msg_type").min(1, "has an empty msg_type"),
});

/** A message from a front end. */
export interface Message {
  /** Frames that lead back to the sender. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent: JsonObject;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: Uint8Array[];
}

/** A message to front ends. */
export interface Draft {
  readonly type: string;
  /** Header of the message that this one belongs to; without one it belongs to none. */
  readonly parent?: Header | undefined;
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
}

/** What came on a socket: a message of somebody who holds the key, or what is wrong with it, as the end of a sentence. */
export type Received = { readonly message: Message } | { readonly problem: string };

/** Ends the reading of one message; `decodeFrames` catches it. */
class Malformed extends Error {}

const delimiter = "<IDS|MSG>";
const delimiterBytes = Buffer.from(delimiter);
const partNames = ["header", "parent header", "metadata", "content"] as const;
const utf8 = new TextDecoder("utf-8", { fatal: true });

function parsePart(bytes: Uint8Array, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Malformed(`has a ${name} that is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Malformed(`has a ${name} that is not an object`);
  }
  return value as JsonObject;
}

function checkHeader(part: JsonObject): Header {
  const { success, data, error } = header.safeParse(part);
  if (!success) throw new Malformed(error.issues[0]!.message);
  return data;
}

function decode(frames: readonly Uint8Array[], signer: Signer): Message {
  const start = frames.findIndex((frame) => delimiterBytes.equals(frame));
  if (start < 0) throw new Malformed(`has no frame ${delimiter}`);
  const [signature, ...parts] = frames.slice(start + 1, start + 6);
  if (signature === undefined || parts.length < partNames.length) throw new Malformed("lacks some of its parts");
  const problem = signer.check(signature, parts);
  if (problem !== undefined) throw new Malformed(problem);
  const [head, parent, metadata, content] = parts.map((part, index) => parsePart(part, partNames[index]!));
  return {
    identities: frames.slice(0, start),
    header: checkHeader(head!),
    parent: parent!,
    metadata: metadata!,
    content: content!,
    buffers: frames.slice(start + 6),
  };
}

/** Reads what came on a socket: nothing is taken from frames that are not a message, or not signed with the key. */
export function decodeFrames(frames: readonly Uint8Array[], signer: Signer): Received {
  try {
    return { message: decode(frames, signer) };
  } catch (error) {
    if (error instanceof Malformed) return { problem: error.message };
    throw error;
  }
}

/**
 * Half of a character cannot be read as UTF-8, and front ends refuse the whole message for it. Each escape is taken as
 * a whole, so that what follows an escaped backslash is not mistaken for one.
 */
const escapes = /\\(?:(ud[89a-f][0-9a-f]{2})|[\s\S])/g;

function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes("\\ud") ? text.replace(escapes, (whole, half) => (half ? "\ufffd" : whole)) : text;
}

/** One end's name in the headers of what it sends. */
const session = randomUUID();

/**
 * Writes a message as frames. `msg_id` is returned for those that get an answer.
 *
 * @param route the frames before the message: identities of the receiver, or a topic
 * @throws TypeError when the content holds what JSON cannot
 */
export function encodeFrames(
  draft: Draft,
  route: readonly (string | Uint8Array)[],
  signer: Signer,
): { id: string; frames: (string | Uint8Array)[] } {
  const { type, parent = {}, content, metadata = {}, buffers = [] } = draft;
  const id = randomUUID();
  const date = new Date().toISOString();
  const head = { msg_id: id, msg_type: type, session, username: "kernel", date, version: "5.4" };
  const parts = [head, parent, metadata, content].map(toJson);
  return { id, frames: [...route, delimiter, signer.sign(parts), ...parts, ...buffers] };
}

/** What the frames of everything that is published begin with, for those who subscribe to a part of it. */
export function topicOf(type: string): string {
  return `kernel.${session}.${type}`;
}
