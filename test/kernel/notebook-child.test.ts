import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

describe("the process of a notebook's cells", () => {
  const folder = temporaryFolder();

  it("ends without an abort while a network still runs, after its last message", async function () {
    if (process.platform === "win32") this.skip();
    const child = fork(projectFile("dist/kernel/notebook-child.js"), [], {
      cwd: folder(),
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const messages: { type: string; ok?: boolean; text?: string }[] = [];
    const exited = once(child, "exit");
    let pipes = "";
    for (const pipe of [child.stdout!, child.stderr!]) pipe.setEncoding("utf8").on("data", (text) => (pipes += text));
    child.on("message", (message: { type: string }) => {
      messages.push(message);
      if (message.type === "ready") child.send({ type: "run", code });
      if (message.type === "done") child.send({ type: "end" });
    });
    const pictures = JSON.stringify(Array(32).fill(projectFile("images/scenes/scene-030213.jpg")));
    const code = `import { loadModel } from "patchlab";
      const model = await loadModel("efficientnet-lite0");
      void model.extract(${pictures}, { size: 640 });
      await new Promise((resolve) => setTimeout(resolve, 500));
      console.log("working");`;
    assert.deepEqual(await exited, [null, "SIGKILL"], pipes);
    assert.deepEqual(
      messages.filter(({ type }) => type !== "ready"),
      [{ type: "stream", name: "stdout", text: "working\n" }, { type: "done", ok: true }, { type: "ended" }],
    );
    assert.equal(pipes, "");
  });
});
