/** What Jupyter starts: `node main.js CONNECTION_FILE` serves one kernel until it is shut down. */
import { accessSync, constants } from "node:fs";
import { PatchlabError } from "../core/errors.js";
import { installDisplayHook } from "./display.js";
import { endProcess } from "./end-process.js";
import { followExecutions } from "./executions.js";
import { providePackage } from "./package-access.js";
import { loadTslab, type Tslab } from "./tslab.js";

interface Socket {
  sendTimeout: number;
  sendHighWaterMark: number;
}

/**
 * tslab sends without waiting, and a zeromq socket takes one waiting send at a time: after 512 in one turn of the
 * event loop the rest was refused and lost. Without a limit and a wait, each send is done when it returns.
 */
function keepAllOutput({ jupyter }: Tslab): void {
  const server = jupyter.ZmqServer.prototype as unknown as {
    iopub: Socket;
    bindSocket(socket: Socket, port: number): Promise<void>;
  };
  const bind = server.bindSocket;
  server.bindSocket = function (socket, port) {
    if (socket === this.iopub) {
      socket.sendTimeout = 0;
      socket.sendHighWaterMark = 0;
    }
    return bind.call(this, socket, port);
  };
}

/** Worker threads of imported packages would keep the process alive after a shutdown request. */
function exitOnClose({ jupyter }: Tslab): void {
  const server = jupyter.ZmqServer.prototype;
  const close = server.close;
  server.close = function () {
    // The reply and the last status are still on their way.
    setTimeout(endProcess, 200).unref();
    close.call(this);
  };
}

function display(tslab: Tslab): void {
  const executions = followExecutions(tslab);
  installDisplayHook((data) => {
    const write = tslab.jupyter.lastWriteDisplayData;
    if (write === null) throw new PatchlabError("There is no cell to display in yet: call this from a cell.");
    write({ data, metadata: {}, transient: {} }, false);
  }, executions.current);
}

function main(connectionFile: string | undefined): void {
  if (connectionFile === undefined) {
    console.error("Jupyter starts this file with a connection file: run `patchlab kernel install`, then Jupyter.");
    process.exit(2);
  }
  try {
    accessSync(connectionFile, constants.R_OK);
  } catch (error) {
    console.error(`${connectionFile}: the connection file cannot be read (${(error as Error).message})`);
    process.exit(1);
  }
  const tslab = loadTslab();
  keepAllOutput(tslab);
  exitOnClose(tslab);
  display(tslab);
  providePackage(process.cwd(), tslab.sys);
  tslab.main.startKernel({ configPath: connectionFile, enableFindLocal: false });
}

main(process.argv[2]);
