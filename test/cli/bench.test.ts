import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { installedVersion } from "#dist/bench/installed.js";
import { groups, runBench } from "#dist/bench/main.js";
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

  it("reports ratios beside those that are left out, each with its reason", async () => {
    const comparison = { ratio: 1.23456, ours: 1, peer: 2, difference: 3.4567e-6 };
    groups.test = {
      run: async (report, notes) => {
        report("test.a", comparison);
        notes.skip(["test.b", "test.c"], "the peer is not installed: install it");
        notes.versions({ peer: "1.2.3" });
      },
    };
    const reported: unknown[] = [];
    try {
      const result = await runBench(["test"], (...args) => reported.push(args));
      assert.deepEqual(reported, [["test.a", comparison]]);
      assert.deepEqual(result.ratios, { "test.a": 1.23 });
      assert.deepEqual(result.differences, { "test.a": 3.5e-6 });
      assert.deepEqual(Object.keys(result.skipped), ["test.b", "test.c"]);
      assert.equal(result.versions.peer, "1.2.3");
    } finally {
      delete groups.test;
    }
  });

  it("leaves out a group whose peer is not installed, and says what to install", async () => {
    groups.test = { run: () => Promise.reject(new Error("it ran")), peer: "no-such-package" };
    try {
      const { skipped } = await runBench(["test"], () => {});
      assert.deepEqual(skipped, {
        test: "it compares with no-such-package, which is not installed (npm install no-such-package)",
      });
    } finally {
      delete groups.test;
    }
  });
});
