/** Takes what cells print through `console` and `process`, in place of the process's own streams. */
import { StringDecoder } from "node:string_decoder";

type Done = (error?: Error | null) => void;
export type PrintText = (name: "stdout" | "stderr", text: string) => void;

function capture(name: "stdout" | "stderr", print: PrintText): void {
  const decoder = new StringDecoder("utf8");
  const write = (chunk: string | Uint8Array, second?: BufferEncoding | Done, third?: Done): boolean => {
    const done = typeof second === "function" ? second : third;
    const encoding = typeof second === "string" ? second : "utf8";
    if (typeof chunk === "string")
      print(name, encoding.startsWith("utf") ? chunk : Buffer.from(chunk, encoding).toString());
    else print(name, decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    if (done) process.nextTick(done);
    return true;
  };
  process[name].write = write as typeof process.stdout.write;
}

/** From now on everything written to standard output and error goes to `print`, except by native code. */
export function captureStreams(print: PrintText): void {
  capture("stdout", print);
  capture("stderr", print);
}
