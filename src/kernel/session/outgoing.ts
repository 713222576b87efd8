/** The ways from a kernel to its front ends, and what the session needs to know of a message that came. */
import type { Draft, Message } from "../wire/message.js";
import type { Channel } from "../wire/sockets.js";

/** A message with the socket that it came on. */
export interface Request extends Message {
  readonly channel: Channel;
}

export interface Outgoing {
  /** Sends to one front end; returns the msg_id. */
  send(channel: Channel, identities: readonly Uint8Array[], draft: Draft): string;
  /** Sends to all. */
  publish(draft: Draft): void;
}

/** Answers a request on the socket that it came on: `x_request` by `x_reply`. */
export function reply(
  outgoing: Outgoing,
  request: Request,
  content: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): void {
  const { channel, identities, header } = request;
  const type = header.msg_type.replace(/_request$/, "_reply");
  outgoing.send(channel, identities, { type, parent: header, content, metadata });
}
