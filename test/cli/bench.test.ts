import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { groups, installedVersion } from "#dist/bench/main.js";
import { projectFile } from "../support/fixtures.js";

describe("patchlab bench", () => {
  it("offers the groups that there are", () => {
    const help = execFileSync(process.execPath, [projectFile("dist/cli/main.js"), "bench", "--help"], {
      encoding: "utf8",
    });
    const choices = /\(choices: ([^)]*)\)/.exec(help)![1].replaceAll(/["\s]/g, "").split(",");
    assert.deepEqual(choices, Object.keys(groups));
  });

  it("knows the versions that are installed, not the ranges that are asked for", () => {
    const { peer } = groups.pca;
    const { version } = JSON.parse(readFileSync(projectFile(`node_modules/${peer}/package.json`), "utf8"));
    assert.equal(installedVersion(peer!), version);
    assert.equal(installedVersion("no-such-package"), undefined);
  });
});
