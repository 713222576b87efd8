/** Messages over a byte stream: their length in four bytes, then the value as the structured clone that V8 writes. */
import type { Duplex } from "node:stream";
import { deserialize, serialize } from "node:v8";

/** Writes one message; `written` is called when it has left. */
export function sendMessage(stream: Duplex, message: unknown, written?: () => void): void {
  if (!stream.writable) return;
  const body = serialize(message);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  stream.cork();
  stream.write(length);
  stream.write(body, written);
  stream.uncork();
}

/** Calls `listener` with each message that comes whole. Both ends are ours, so nothing is checked. */
export function readMessages<Message>(stream: Duplex, listener: (message: Message) => void): void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 4;
  let inBody = false;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    // Joined only once enough is there, so that a long message is not copied at every chunk.
    while (held >= wanted) {
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, held);
      const part = bytes.subarray(0, wanted);
      held -= wanted;
      chunks = held > 0 ? [bytes.subarray(wanted)] : [];
      wanted = inBody ? 4 : part.readUInt32LE(0);
      if (inBody) listener(deserialize(part) as Message);
      inBody = !inBody;
    }
  });
}
