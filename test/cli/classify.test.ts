/** `patchlab classify` as a newcomer types it: on the bundled pictures, with the bundled model. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommanderError } from "commander";
import { classifyCommand } from "#dist/cli/classify.js";
import { loadHead } from "#dist/core/classify/head-file.js";
import { parseCsv } from "#dist/core/interchange/csv.js";
import { clothes } from "../support/clothing.js";
import { commandLine } from "../support/command-line.js";
import { projectFile } from "../support/fixtures.js";
import { normalMatrix } from "../support/samples.js";
import { fakeModel, storeOf } from "../support/stores.js";
import { temporaryFolder } from "../support/temporary.js";

const kinds = ["hat", "pants", "shoes"];

describe("patchlab classify", () => {
  const folder = temporaryFolder();
  const patchlab = commandLine(folder);
  const at = (...parts: string[]) => join(folder(), ...parts);
  const asJson = async (...args: string[]) => {
    const { stdout, stderr } = await patchlab.run("classify", ...args, "--json");
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  };
  const csv = async (name: string) => parseCsv(name, await readFile(at(name), "utf8"));

  before(async () => {
    const { pictures, labels } = clothes(kinds, 9);
    for (const [i, path] of pictures.entries()) {
      // the last of each kind is not trained on
      const place = i % 9 < 8 ? at("photos", labels[i]) : at("new");
      await mkdir(place, { recursive: true });
      await cp(path, join(place, `${labels[i]} ${i % 9}.jpg`), { preserveTimestamps: true });
    }
    await writeFile(at("new", "broken.jpg"), "no picture");
    await patchlab.run("embed", "photos");
  });

  it("tells how well the folders can be told apart, on a terminal and as JSON", async () => {
    const { stdout, stderr } = await patchlab.run("classify", "photos.patchlab");
    assert.match(
      stdout,
      /^Logistic regression \(C = [\d.,]+\) on vectors of efficientnet-lite0, trained on 24 pictures of 3 classes\./,
    );
    assert.match(stdout, /accuracy +\d+ % \(\d+ of 24; 95 % interval \d+ % to \d+ %\)/);
    assert.match(stdout, /for comparison +33 % if all were called hat/);
    assert.match(stdout, /class, worst first +pictures +recall +precision/);
    assert.match(stdout, /Keep it with --save HEAD\.json/);
    assert.match(stderr, /✓ Testing the logistic regression/);
    const found = await asJson("photos.patchlab");
    assert.ok(found.evaluation.accuracy.value > 0.8, `${found.evaluation.accuracy.value}`);
    assert.match(stdout, new RegExp(`\\(${found.evaluation.correct} of 24;`));
    assert.deepEqual(found.classes, kinds);
    assert.deepEqual(found.training.perClass, [8, 8, 8]);
    assert.equal(
      found.report.confusion.flat().reduce((sum: number, n: number) => sum + n, 0),
      24,
    );
  });

  it("says the same for the same seed", async () => {
    const [a, b] = await Promise.all([1, 2].map(() => asJson("photos.patchlab", "--seed", "3")));
    assert.deepEqual(a, b);
  });

  for (const head of ["knn", "centroid", "logistic", "mlp"])
    it(`trains a ${head}, keeps it, and judges new pictures with it as it did right after the training`, async () => {
      const kept = ["--head", head, "--folds", "2", "--save", `heads/${head}.json`];
      const trained = await asJson("photos.patchlab", ...kept, "--predict", "new", "--csv", `${head} first.csv`);
      assert.equal(trained.files.tensors, at("heads", `${head}.safetensors`));
      assert.equal((await loadHead(at("heads", `${head}.json`))).classifier.kind, head);
      await patchlab.run("classify", "new", "--use", `heads/${head}.json`, "--csv", `${head} second.csv`);
      const rows = await csv(`${head} first.csv`);
      assert.deepEqual(await csv(`${head} second.csv`), rows);
      assert.deepEqual(rows[0], ["path", "label", "confidence", "best", "problem", ...kinds]);
      const right = rows.filter(([path, , , best]) => best !== "" && path.includes(`${best} `));
      assert.equal(right.length, 3, JSON.stringify(rows));
      const broken = rows.find(([path]) => path === at("new", "broken.jpg"))!;
      assert.deepEqual([broken[1], /expected a JPEG/.test(broken[4])], ["", true]);
    });

  it("judges a store by its vectors, and one picture by itself", async () => {
    const use = ["--use", "heads/knn.json"];
    const [store, some, one] = await Promise.all([
      asJson("photos.patchlab", ...use),
      asJson("photos.patchlab", ...use, "--label", "hat"),
      asJson(join("new", "hat 8.jpg"), ...use),
    ]);
    assert.equal(store.predictions.length, 24);
    assert.equal(some.predictions.length, 8);
    assert.deepEqual(
      one.predictions.map((row: { path: string; label: string }) => [row.path, row.label]),
      [[at("new", "hat 8.jpg"), "hat"]],
    );
  });

  it("says unsure below the confidence that is asked for", async () => {
    const { stdout } = await patchlab.run(
      ...["classify", "new", "--use", "heads/logistic.json", "--csv", "unsure.csv", "--unsure-below", "1"],
    );
    assert.match(stdout, /left out: .*broken\.jpg: expected a JPEG/);
    assert.match(stdout, /3 pictures judged:\n +unsure \(below 1\) +3\n/);
    const rows = await csv("unsure.csv");
    assert.deepEqual(
      rows.slice(1, 4).map(([, label]) => label),
      ["unsure", "unsure", "unsure"],
    );
    assert.ok(rows.slice(1, 4).every(([, , , best]) => kinds.includes(best)));
  });

  it("trains on labels of a file, and reports every row that it cannot use and every picture without a label", async () => {
    const lines = [
      "label;file",
      "top;photos/hat/hat 0.jpg",
      ...[1, 2, 3, 4].map((i) => `top;hat ${i}.jpg`),
      ...[0, 1, 2, 3, 4].map((i) => `down;shoes\\shoes ${i}.jpg`),
      "alone;pants 1.jpg",
      "top;nowhere.jpg",
      ";pants 2.jpg",
      "top;pants 3.jpg",
      "down;pants 3.jpg",
      "top",
      "top;",
    ];
    await writeFile(at("kinds.csv"), `\uFEFF${lines.join("\r\n")}\r\n`);
    const args = ["photos.patchlab", "--labels", "kinds.csv", "--head", "centroid"];
    const [{ stdout }, found] = await Promise.all([patchlab.run("classify", ...args), asJson(...args)]);
    assert.match(stdout, /^6 rows of kinds\.csv could not be used:/);
    assert.match(stdout, /line 13 names nowhere\.jpg, which is none of the pictures/);
    assert.match(stdout, /line 14 gives pants 2\.jpg no label/);
    assert.match(stdout, /line 15 labels a picture that has different labels: "top" in line 15, "down" in line 16/);
    assert.match(stdout, /line 17 has 1 of the 2 fields/);
    assert.match(stdout, /line 18 names no picture/);
    assert.match(stdout, /13 pictures without a label were left out: /);
    assert.match(stdout, /trained on 11 pictures of 3 classes/);
    assert.match(stdout, /Trained on and not tested, having a single picture: alone/);
    assert.equal(found.labels.problems.length, 6);
    assert.equal(found.labels.unlabelled.length, 13);
    assert.deepEqual(found.untested, [{ label: "alone", rows: 1 }]);
  });

  it("lists labels that look wrong, a swapped one first", async () => {
    const rows = kinds.flatMap((kind) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [`photos/${kind}/${kind} ${i}.jpg`, kind]),
    );
    const swapped = rows.map(([file, kind]) => `${file},${file === "photos/shoes/shoes 0.jpg" ? "hat" : kind}\n`);
    await writeFile(at("swapped.csv"), swapped.join(""));
    const { stdout } = await patchlab.run(
      ...["classify", "photos.patchlab", "--labels", "swapped.csv", "--out", "report.html"],
    );
    assert.match(
      stdout,
      /labels? worth a look, the likeliest mistakes first:\n.*shoes 0\.jpg\n +hat, or rather shoes\?/,
    );
    const page = await readFile(at("report.html"), "utf8");
    assert.match(page, /shoes 0\.jpg/);
    assert.doesNotMatch(page, /(src|href)="https?:/);
  });

  it("refuses what makes no sense before any work", async () => {
    // in this process, since one of its own for each takes longer than all of what they find
    const wrong = (message: RegExp, ...args: string[]) => {
      const command = classifyCommand()
        .exitOverride()
        .configureOutput({ writeErr() {} });
      return assert.rejects(command.parseAsync(args, { from: "user" }), (error: Error) => {
        assert.ok(error instanceof CommanderError, error.stack);
        assert.match(error.message, message);
        return true;
      });
    };
    const [photos, store, pictures, knn] = [at("photos"), at("photos.patchlab"), at("new"), at("heads/knn.json")];
    const use = [pictures, "--use", "a.json"];
    await wrong(/photos is a folder: make a store of it with `patchlab embed`/, photos);
    await wrong(/give --csv FILE, or --json/, store, "--predict", pictures);
    await wrong(/give --csv FILE, or --json/, pictures, "--use", knn);
    await wrong(/--csv is for predictions/, store, "--csv", "x.csv");
    await wrong(/--unsure-below is for predictions/, store, "--unsure-below", "0.5");
    await wrong(
      /--use trains nothing: leave --labels and --save out/,
      ...[...use, "--save", "b.json", "--labels", "folders", "--csv", "x.csv"],
    );
    await wrong(/choose among a store's pictures/, ...use, "--csv", "x.csv", "--label", "hat");
    await wrong(/name that ends in \.json/, store, "--save", "head.bin");
    await wrong(/Give a number from 0 to 1/, ...use, "--csv", "x.csv", "--unsure-below", "60");
    await wrong(/Give 2 or more/, store, "--folds", "1");
    await wrong(/Allowed choices are knn/, store, "--head", "forest");
    await wrong(/--out is .*photos\.patchlab, which is one of the files to read/, store, "--out", store);
    await wrong(/the name of a picture/, pictures, "--use", knn, "--csv", join(pictures, "hat 8.jpg"));
    await wrong(
      /--csv is .*knn\.safetensors, which is one of the files to read/,
      ...[pictures, "--use", knn, "--csv", at("heads/knn.safetensors")],
    );
    await wrong(
      /--csv is .*kinds\.csv, which is one of the files to read/,
      ...[store, "--labels", at("kinds.csv"), "--predict", pictures, "--csv", at("kinds.csv")],
    );
  });

  it("ends with exit code 2 where it is used wrongly", async () => {
    await patchlab.fails(2, /missing required argument 'source'/, "classify");
    await patchlab.fails(2, /--csv is for predictions/, "classify", "photos.patchlab", "--csv", "x.csv");
  });

  it("says in one sentence what failed, with exit code 1, and leaves nothing behind", async () => {
    const failed = (message: RegExp, ...args: string[]) => patchlab.fails(1, message, "classify", ...args);
    await writeFile(at("strange.csv"), "file,label\nx.jpg,a\n");
    await writeFile(at("model.json"), "{}");
    await Promise.all([
      failed(/none\.patchlab/, "none.patchlab"),
      failed(/one class only, "hat", for 8 pictures/, "photos.patchlab", "--label", "hat", "--save", "never.json"),
      failed(/none\.csv: cannot be opened/, "photos.patchlab", "--labels", "none.csv"),
      failed(
        /strange\.csv: labels none of the 24 pictures .* line 2 names x\.jpg/,
        ...["photos.patchlab", "--labels", "strange.csv"],
      ),
      failed(/none\.json: cannot be read/, "new", "--use", "none.json", "--csv", "x.csv"),
      failed(/package\.json: is no head/, "new", "--use", projectFile("package.json"), "--csv", "x.csv"),
      failed(/model\.json: lies where the head would go/, "photos.patchlab", "--save", "model.json"),
      failed(/folds is 50 where there are 24/, "photos.patchlab", "--folds", "50"),
    ]);
    const left = await readdir(folder());
    assert.ok(!left.includes("never.json") && !left.includes("x.csv"));
  });

  it("stops at Ctrl-C while it trains, with exit code 130, and keeps nothing", async () => {
    const vectors = normalMatrix(600, 1280, 2);
    const many = await storeOf(at("many.patchlab"), vectors, { model: fakeModel({ dim: 1280 }) });
    await many.close();
    const args = [
      projectFile("dist/cli/main.js"),
      "classify",
      "many.patchlab",
      "--head",
      "mlp",
      "--save",
      "stopped.json",
    ];
    const child = spawn(process.execPath, args, { cwd: folder(), stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      // what comes after it is the training
      if (text.includes("near-duplicates")) child.kill("SIGINT");
    });
    const [code] = await once(child, "close");
    assert.equal(code, 130, stderr);
    assert.match(stderr, /patchlab: The job was stopped before it was done\.\n$/);
    assert.ok(!(await readdir(folder())).includes("stopped.json"));
  });

  it("refuses a head for vectors of another backbone, naming both", async () => {
    const other = await storeOf(at("other.patchlab"), normalMatrix(6, 1280, 1), {
      model: fakeModel({ name: "other", dim: 1280 }),
    });
    await other.close();
    await patchlab.fails(
      ...[
        1,
        /trained on vectors of efficientnet-lite0 \([0-9a-f]{8}\), and .*other\.patchlab has those of other \([0-9a-f]{8}\)/,
      ],
      ...["classify", "other.patchlab", "--use", "heads/knn.json", "--csv", "x.csv"],
    );
    await patchlab.run("classify", "photos.patchlab", "--save", "lost.json", "--head", "centroid");
    const lost = JSON.parse(await readFile(at("lost.json"), "utf8"));
    lost.backbone.fingerprint = "0".repeat(64);
    await writeFile(at("lost.json"), JSON.stringify(lost));
    await patchlab.fails(
      ...[1, /efficientnet-lite0 \([0-9a-f]{8}\) is another than efficientnet-lite0 \(00000000\)/],
      ...["classify", "new", "--use", "lost.json", "--csv", "x.csv"],
    );
    await rm(at("lost.safetensors"));
    await patchlab.fails(
      1,
      /lost\.safetensors: is not there/,
      "classify",
      "new",
      "--use",
      "lost.json",
      "--csv",
      "x.csv",
    );
  });
});
