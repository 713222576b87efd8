import assert from "node:assert/strict";
import { createExecutions } from "#dist/kernel/cells/executions.js";

describe("createExecutions()", () => {
  it("calls a run replaced once its own cell runs again, and never before", () => {
    const executions = createExecutions();
    assert.equal(executions.current(), undefined);
    const [first, other, again] = [{ replaced: false }, { replaced: false }, { replaced: false }];
    executions.begin("a", first);
    executions.begin("b", other);
    assert.equal(executions.current(), other);
    assert.deepEqual([first.replaced, other.replaced], [false, false]);
    executions.begin("a", again);
    assert.deepEqual([first.replaced, other.replaced, again.replaced], [true, false, false]);
    assert.equal(executions.current(), again);
  });
});
