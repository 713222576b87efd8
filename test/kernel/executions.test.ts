import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createExecutions } from "#dist/kernel/executions.js";
import { installKernel } from "#dist/kernel/install.js";
import { JupyterClient } from "../support/jupyter-client.js";
import { temporaryFolder } from "../support/temporary.js";

describe("createExecutions()", () => {
  it("calls a run replaced once its own cell runs again, and never before", () => {
    const executions = createExecutions();
    assert.equal(executions.current(), undefined);
    executions.begin("a");
    const first = executions.current();
    executions.begin("b");
    const other = executions.current();
    assert.deepEqual([first?.replaced, other?.replaced], [false, false]);
    executions.begin("a");
    assert.deepEqual([first?.replaced, other?.replaced, executions.current()?.replaced], [true, false, false]);
  });
});

describe("figures in a kernel that Jupyter starts", () => {
  const folder = temporaryFolder();
  let client: JupyterClient;
  before(async () => {
    const { path } = await installKernel({ prefix: folder() });
    client = await JupyterClient.start(JSON.parse(readFileSync(join(path, "kernel.json"), "utf8")).argv, folder());
  });
  after(() => client.close());

  const figure = (x: number): string => `
    import { show } from "patchlab";
    await show({ points: { data: Float32Array.of(${x}, 0, 1, 1), rows: 2, cols: 2 } });`;

  async function bringsPlotly(code: string, cellId?: string): Promise<boolean> {
    const { published } = await client.execute(code, cellId === undefined ? {} : { cellId });
    const shown = published.filter(({ type }) => type === "display_data");
    assert.equal(shown.length, 1);
    return shown[0].content.data["text/html"].includes('class="patchlab-plotly"');
  }

  it("bring Plotly once, and again when the cell that holds it runs again, told by its id or else by its code", async () => {
    assert.equal(await bringsPlotly(figure(1), "first"), true);
    assert.equal(await bringsPlotly(figure(1), "second"), false);
    assert.equal(await bringsPlotly(figure(2), "first"), true);
    assert.equal(await bringsPlotly(figure(2), "second"), false);
    await client.execute("const edited = 1;", { cellId: "first" });
    assert.equal(await bringsPlotly(figure(3)), true);
    assert.equal(await bringsPlotly(figure(4)), false);
    assert.equal(await bringsPlotly(figure(3)), true);
  });
});
