import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileError, FormatError } from "#dist/core/errors.js";
import { readConnectionFile } from "#dist/kernel/wire/connection-file.js";
import { temporaryFolder } from "../../support/temporary.js";

const valid = {
  shell_port: 5001,
  control_port: 5002,
  stdin_port: 5003,
  iopub_port: 5004,
  hb_port: 5005,
  ip: "127.0.0.1",
  transport: "tcp",
  signature_scheme: "hmac-sha256",
  key: "secret",
  kernel_name: "patchlab",
};

describe("readConnectionFile", () => {
  const folder = temporaryFolder();

  function read(content: unknown): ReturnType<typeof readConnectionFile> {
    const file = join(folder(), "connection.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return readConnectionFile(file);
  }

  it("gives the endpoints and numbers of all five sockets", () => {
    const { endpoints, ports } = read(valid);
    assert.deepEqual(endpoints, {
      shell: "tcp://127.0.0.1:5001",
      control: "tcp://127.0.0.1:5002",
      stdin: "tcp://127.0.0.1:5003",
      iopub: "tcp://127.0.0.1:5004",
      hb: "tcp://127.0.0.1:5005",
    });
    assert.equal(ports.iopub_port, 5004);
  });

  it("puts IPv6 addresses in brackets, and numbers the files of ipc", () => {
    assert.equal(read({ ...valid, ip: "::1" }).endpoints.shell, "tcp://[::1]:5001");
    const { endpoints } = read({ ...valid, transport: "ipc", ip: "/tmp/kernel", hb_port: 5 });
    assert.deepEqual([endpoints.shell, endpoints.hb], ["ipc:///tmp/kernel-5001", "ipc:///tmp/kernel-5"]);
  });

  it("signs by the scheme that the file names, or by SHA-256", () => {
    const { signature_scheme: _, ...unnamed } = valid;
    assert.equal(read(unnamed).signer.sign(["x"]), read(valid).signer.sign(["x"]));
    assert.equal(read({ ...valid, signature_scheme: "hmac-sha512" }).signer.sign(["x"]).length, 128);
    assert.equal(read({ ...valid, signature_scheme: "hmac-sha3_256" }).signer.sign(["x"]).length, 64);
    assert.equal(read({ ...valid, key: "" }).signer.sign(["x"]), "");
  });

  for (const [entry, value] of [
    ["shell_port", undefined],
    ["shell_port", 0],
    ["hb_port", 65_536],
    ["iopub_port", "5004"],
    ["control_port", 1.5],
    ["ip", ""],
    ["transport", "udp"],
    ["key", 7],
    ["signature_scheme", "hmac-rot13"],
    ["signature_scheme", "sha256"],
    ["signature_scheme", "hmac-shake128; rm"],
  ] as const) {
    it(`refuses ${entry} ${JSON.stringify(value)} in a sentence with its name`, () => {
      assert.throws(
        () => read({ ...valid, [entry]: value }),
        (error: Error) => error instanceof FormatError && error.message.includes(`connection.json: ${entry} `),
      );
    });
  }

  it("refuses what is no JSON, no object or not there", () => {
    assert.throws(() => read("{"), FormatError);
    assert.throws(() => read("[]"), FormatError);
    assert.throws(() => readConnectionFile(join(folder(), "none.json")), FileError);
  });
});
