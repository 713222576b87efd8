/** The file by which Jupyter tells a kernel where to listen and with which key its messages are signed. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { FileError, FormatError } from "../../core/errors.js";
import { Signer } from "./signer.js";

/** The sockets of a kernel, as the protocol calls them. */
export type SocketName = "shell" | "control" | "stdin" | "iopub" | "hb";

/** Where a kernel listens, and how messages are signed. */
export interface Connection {
  /** What zeromq binds each socket to, such as `tcp://127.0.0.1:5555`. */
  readonly endpoints: Readonly<Record<SocketName, string>>;
  /** The numbers that the file gives, which `connect_request` asks for. */
  readonly ports: Readonly<Record<`${SocketName}_port`, number>>;
  readonly signer: Signer;
}

const port = z.int("must be a whole number").min(1, "must be at least 1").max(65535, "must be at most 65535");

const connectionFile = z.looseObject({
  shell_port: port,
  control_port: port,
  stdin_port: port,
  iopub_port: port,
  hb_port: port,
  ip: z.string("must be an address").min(1, "must not be empty"),
  transport: z.enum(["tcp", "ipc"], 'must be "tcp" or "ipc"').default("tcp"),
  signature_scheme: z.string("must be a name such as hmac-sha256").default("hmac-sha256"),
  key: z.string("must be text").default(""),
});

type ConnectionFile = z.infer<typeof connectionFile>;

function endpoint({ transport, ip }: ConnectionFile, number: number): string {
  if (transport === "ipc") return `ipc://${ip}-${number}`;
  return `tcp://${ip.includes(":") ? `[${ip}]` : ip}:${number}`;
}

function toConnection(file: ConnectionFile): Connection {
  const { shell_port, control_port, stdin_port, iopub_port, hb_port } = file;
  const endpoints = {
    shell: endpoint(file, shell_port),
    control: endpoint(file, control_port),
    stdin: endpoint(file, stdin_port),
    iopub: endpoint(file, iopub_port),
    hb: endpoint(file, hb_port),
  };
  const ports = { shell_port, control_port, stdin_port, iopub_port, hb_port };
  return { endpoints, ports, signer: new Signer(file.signature_scheme, file.key) };
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(path, "the connection file is not JSON: let Jupyter write it", { cause });
  }
}

/**
 * Reads and checks a connection file. An empty key means that messages are not signed.
 *
 * @throws FileError when it cannot be read
 * @throws FormatError naming the entry that is missing or that this kernel cannot work with
 */
export function readConnectionFile(path: string): Connection {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new FileError(path, `the connection file cannot be read (${(cause as Error).message})`, { cause });
  }
  const { success, data, error } = connectionFile.safeParse(parse(path, text));
  if (!success) {
    const { path: entry, message } = error.issues[0]!;
    throw new FormatError(path, `${entry.join(".") || "the connection file"} ${message}: let Jupyter write it`);
  }
  try {
    return toConnection(data);
  } catch (cause) {
    throw new FormatError(path, (cause as Error).message, { cause });
  }
}
