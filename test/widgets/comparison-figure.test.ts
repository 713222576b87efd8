import assert from "node:assert/strict";
import type { ComparedPair, Comparison } from "#dist/core/compare/comparison.js";
import {
  comparisonFigure,
  comparisonPage,
  comparisonReport,
  comparisonSections,
  confidentMistakes,
  efficiencyChart,
  labelMistakesGrid,
  onlyOneRight,
} from "#dist/widgets/index.js";
import { pairSentences, pairWords } from "#dist/widgets/paired-words.js";
import { percent } from "#dist/widgets/wording.js";
import { madeComparison, madeEfficiency, madeLabelMistakes, oneFailed } from "../support/comparisons.js";
import { assertPng, caption, evil, markup } from "./bundles.js";

const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;";

/** A pair of models of whom one alone was right so often. */
function pair(onlyA: number, onlyB: number, pValue: number): ComparedPair {
  const test = { bothRight: 50, onlyA, onlyB, neither: 5, pValue };
  return { a: "A", b: "B", head: "logistic", test, onlyA: [], onlyB: [] };
}

describe("pairWords(pairs)", () => {
  it("calls a model better only where chance makes such a difference in less than one of twenty tests", () => {
    assert.deepEqual(pairWords([pair(12, 3, 0.0352)]), [
      {
        told: true,
        verdict: "A is better than B:",
        text: "A right and B wrong on 12, the reverse on 3: p\u00a0=\u00a00.035.",
      },
    ]);
    const [{ verdict, text }] = pairWords([pair(3, 12, 0.0352)]);
    assert.equal(verdict, "B is better than A:");
    assert.match(text, /^B right and A wrong on 12, the reverse on 3:/);
    assert.equal(pairWords([pair(12, 5, 0.14)])[0].verdict, "Not told apart:");
    assert.match(pairWords([pair(30, 3, 1e-6)])[0].text, /p\u00a0<\u00a00\.001\.$/);
    assert.match(pairWords([pair(3, 3, 1)])[0].text, /p\u00a0=\u00a01\.$/);
    assert.match(pairWords([pair(0, 0, 1)])[0].text, /^A and B are right, and wrong, on the same pictures\.$/);
  });

  it("takes back what one test of many reaches by chance", () => {
    const [first, second] = pairWords([pair(12, 3, 0.0352), pair(6, 5, 1)]);
    assert.match(first.verdict, /^Not told apart, since one of 2 tests easily comes out so:$/);
    assert.equal(second.verdict, "Not told apart:");
  });

  it("names the head in sentences where there are several", () => {
    const other = { ...pair(6, 5, 1), head: "k-NN" };
    assert.match(pairSentences([pair(6, 5, 1), other])[1], /^With k-NN: Not told apart: A right/);
    assert.match(pairSentences([pair(6, 5, 1)])[0], /^Not told apart: A right/);
  });
});

describe("figures of a comparison", () => {
  let made: Comparison;
  before(async () => {
    made = await madeComparison({ perKind: 4 });
  });

  describe("comparisonFigure(comparison)", () => {
    it("has a line a model and head with the numbers of its report, and whiskers where its interval lies", async () => {
      const bundle = await comparisonFigure(made);
      const html = markup(bundle);
      assert.equal(html.match(/class="pl-bar-share"/g)?.length, 6);
      for (const { model, report } of made.entries) {
        const { value, low, high } = report.accuracy;
        const said = (share: number): number => Math.round(100 * share);
        const line = `${model}</th><td>${said(value)} % <small>${said(low)}\u2013${said(high)}</small></td>`;
        assert.ok(html.includes(line), line);
        const at = (share: number): string => `${Math.round(1000 * share) / 10}%`;
        assert.ok(html.includes(`--pl-low:${at(low)};--pl-wide:${at(high - low)}`));
        assert.match(bundle["text/plain"], new RegExp(`${model}: accuracy ${said(value)} %`));
      }
      await assertPng(bundle, 300_000);
    });

    it("says of how many pictures, by which models at which size, and what always naming one class reaches", async () => {
      const said = caption(await comparisonFigure(made));
      assert.match(said, /^Accuracy of 3 models with 2 heads on 40 tested pictures of 10 classes: dinov2-small, /);
      assert.match(said, /resnet50\.a1_in1k, all at 224 px\. .*seed 0.*at 10 %, is what always naming .*Look for/s);
      const sized = made.models.map((model, i) => ({ ...model, inputSize: [224 + 32 * i, 224] as const }));
      assert.match(
        caption(await comparisonFigure({ ...made, models: sized })),
        /dinov2-small at 224 px, .* 288 x 224 px/,
      );
    });

    it("ticks the checks that passed", async () => {
      const html = markup(await comparisonFigure(made));
      assert.equal(html.match(/<li class="pl-passed">.*?aria-label="passed"/g)?.length, 4);
      assert.match(
        html,
        /Every trained parameter moved, 6 of 6\.<\/b> <details><summary>Show what was found<\/summary>/,
      );
      const whose =
        "dinov2-small with weighted k-NN, efficientnet-lite0 with weighted k-NN and resnet50.a1_in1k with weighted k-NN";
      assert.ok(html.includes(`<li>${whose}: it keeps examples and trains nothing.</li>`));
      assert.doesNotMatch(html, /broken|pl-failed|pl-invalid/i);
    });

    it("says above everything that a comparison is broken, and calls no model better", async () => {
      const bundle = await comparisonFigure({ ...made, checks: oneFailed });
      const html = markup(bundle);
      assert.match(
        html,
        /<div class="pl-body"><div class="pl-broken" role="alert"><p>This comparison is broken: a head never trained\.<\/p>.*Every trained parameter moved\?<\/b> No\. efficientnet-lite0 with logistic regression: the head/s,
      );
      assert.match(html, /pl-invalid/);
      assert.doesNotMatch(html, /Not told apart|is better than/);
      assert.match(caption(bundle), /^Broken comparison\. /);
      assert.doesNotMatch(caption(bundle), /had the same pictures/);
      assert.match(bundle["text/plain"], /^3 models compared\nThis comparison is broken: a head never trained\.\n/);
      await assertPng(bundle, 300_000);
    });

    it("says what was left out, and what leaks", async () => {
      const failed = [{ index: 3, name: "bad.jpg", error: new Error("is no picture") }];
      const alike = { a: 0, b: 1, similarity: 0.97 };
      const nearDuplicates = { ...made.nearDuplicates, pairs: [alike] };
      assert.match(
        caption(await comparisonFigure({ ...made, failed, nearDuplicates })),
        /1 picture that a model could not read is left out for all\. 1 pair of near-duplicates \(cosine 0\.95 or more\) was kept/,
      );
      const leaks = { ...made.leaks, pairs: [alike], testRows: Int32Array.of(1) };
      assert.match(
        caption(await comparisonFigure({ ...made, nearDuplicates, leaks })),
        /1 tested picture has a near-duplicate/,
      );
    });

    it("folds many pairs, those that differ first", async () => {
      const skills = { a: 0, b: 0, c: 0, d: 0, e: 40 };
      const html = markup(await comparisonFigure(await madeComparison({ perKind: 2, skills, heads: ["centroid"] })));
      const verdicts = [...html.matchAll(/<li><strong>([^<]*)<\/strong>/g)].map(([, verdict]) => verdict);
      assert.equal(verdicts.length, 10);
      assert.deepEqual(
        verdicts.map((verdict) => /^e is better than [abcd]:$/.test(verdict)),
        Array.from({ length: 10 }, (_, i) => i < 4),
      );
      assert.match(html, /Show 4 more pairs/);
    });

    it("escapes the names of models and heads, and what checks found", async () => {
      const named = await madeComparison({ perKind: 2, skills: { [evil]: 3, b: 2 }, heads: [evil] });
      const checks = oneFailed.map((check) => ({ ...check, finding: evil, model: evil }));
      for (const bundle of [
        await comparisonReport(named),
        await comparisonFigure({ ...named, checks }),
        await confidentMistakes(named, { model: evil }),
        await efficiencyChart(named),
      ]) {
        assert.ok(markup(bundle).includes(escaped));
        assert.doesNotMatch(markup(bundle), /<script>/);
      }
    });

    it("refuses a comparison without an entry", async () => {
      for (const draw of [comparisonFigure, comparisonReport, confidentMistakes, onlyOneRight])
        await assert.rejects(draw({ ...made, entries: [], pairs: [] }), { name: "ArgumentError" });
    });
  });

  describe("efficiencyChart(comparison)", () => {
    it("draws a curve with its band for each model, with ticks where points are", async () => {
      const bundle = await efficiencyChart(made);
      const html = markup(bundle);
      assert.equal(html.match(/fill-opacity="\.16"/g)?.length, 3);
      assert.deepEqual(
        [...html.matchAll(/text-anchor="middle"[^>]*>(\d+)</g)].map(([, tick]) => tick),
        ["1", "2", "5"],
      );
      for (const { name } of made.models) assert.match(html, new RegExp(`>${name}</text>`));
      assert.match(html, />always the largest class</);
      assert.match(
        caption(bundle),
        /^Accuracy of logistic regression on 40 tested pictures by the number .* all at 224 px/,
      );
      await assertPng(bundle, 300_000);
    });

    it("draws curves of one's own under their names, and one point", async () => {
      const [a, b] = [madeEfficiency(3), madeEfficiency(2, "k-NN")];
      assert.match((await efficiencyChart([a, b], { names: ["mine", "yours"] }))["text/plain"], /\nmine\n.*\nyours\n/s);
      const one = markup(await efficiencyChart({ ...b, points: b.points.slice(0, 1) }));
      assert.match(one, />k-NN<\/text>/);
      assert.doesNotMatch(one, /NaN/);
    });

    it("refuses to draw no curve", async () => {
      const none = { ...made, models: made.models.map(({ labelEfficiency: _, ...model }) => model) };
      await assert.rejects(efficiencyChart(none), /curves hold no point/);
      await assert.rejects(efficiencyChart([]), { name: "ArgumentError", argument: "curves" });
    });
  });

  describe("onlyOneRight(comparison)", () => {
    it("shows, for each of two models, every picture that it alone got right, with what both said", async () => {
      const models = ["dinov2-small", "efficientnet-lite0"] as const;
      const head = "weighted k-NN";
      const bundle = await onlyOneRight(made, { models, head });
      const { onlyA, onlyB } = made.pairs.find((one) => one.head === head && one.b === models[1])!;
      const tiles = markup(bundle).match(/<li class="pl-hit">.*?<\/li>/g) ?? [];
      assert.equal(tiles.length, onlyA.length + onlyB.length);
      onlyA.forEach((row, i) => {
        const truth = made.labels.classes[made.labels.indices[row]];
        assert.match(tiles[i], new RegExp(`pl-label">${truth}</span>.*dinov2-small said </span>${truth} \\d+ %`));
        assert.doesNotMatch(tiles[i], new RegExp(`efficientnet-lite0 said </span>${truth} \\d`));
      });
      assert.match(
        bundle["text/plain"],
        new RegExp(`dinov2-small right, efficientnet-lite0 wrong: ${onlyA.length} pic`),
      );
      await assertPng(bundle, 900_000);
    });

    it("draws at most so many of a grid, folds others, and says so", async () => {
      const models = ["dinov2-small", "efficientnet-lite0"] as const;
      const whole = await madeComparison({ perKind: 6, skills: { [models[0]]: 4, [models[1]]: 0.5 } });
      const bundle = await onlyOneRight(whole, { models, open: 3, limit: 7 });
      assert.match(markup(bundle), /Show 4 more pictures/);
      assert.match(caption(bundle), /The first 7 of each grid are drawn\./);
    });

    it("names what there is when asked for models or heads that there are not", async () => {
      await assert.rejects(
        onlyOneRight(made, { models: ["dinov2-small", "vgg"] }),
        /has no two models dinov2-small and vgg with .*: it has dinov2-small and efficientnet-lite0 with/,
      );
      await assert.rejects(onlyOneRight(made, { head: "forest" }), { name: "ArgumentError" });
    });
  });

  describe("confidentMistakes(comparison)", () => {
    it("shows the surest mistakes of a model first, each with its nearest training pictures", async () => {
      const { mistakes, report } = made.entries.find((one) => one.model === "efficientnet-lite0")!;
      const bundle = await confidentMistakes(made, {
        model: "efficientnet-lite0",
        head: "logistic regression",
        limit: 3,
      });
      const rows = markup(bundle).match(/<section class="pl-query".*?<\/section>/g) ?? [];
      assert.equal(rows.length, 3);
      mistakes.slice(0, 3).forEach(({ predicted, truth, confidence, nearest }, i) => {
        const words = `taken for ${predicted}</span><span class="pl-label">${percent(confidence)} sure</span><span class="pl-label">is ${truth}`;
        assert.ok(rows[i].includes(words), words);
        assert.equal(rows[i].match(/<li class="pl-hit/g)?.length, nearest.length);
        const same = nearest.filter(({ label }) => label === predicted).length;
        assert.equal(rows[i].match(/pl-same/g)?.length ?? 0, same);
      });
      const wrong = report.rows - report.correct;
      assert.match(
        caption(bundle),
        new RegExp(`^${wrong} mistakes on 40 tested pictures by efficientnet-lite0 at 224 px`),
      );
      await assertPng(bundle, 900_000);
    });

    it("says so when there is no mistake, and names what there is when asked for another model", async () => {
      const sure = await madeComparison({ perKind: 2, skills: { a: 40 } });
      assert.match(markup(await confidentMistakes(sure)), /Every tested picture was recognised\./);
      await assert.rejects(confidentMistakes(made, { model: "vgg" }), /has no vgg with .*: it has dinov2-small with/);
    });
  });

  describe("comparisonReport(comparison) and comparisonSections(comparison)", () => {
    it("joins table and curves, folds the pictures, and has one table alone when the comparison is broken", async () => {
      const html = markup(await comparisonReport(made));
      assert.deepEqual(
        [...html.matchAll(/pl-part"><(?:div class="pl-heads"|summary)>([^<]*)</g)].map(([, title]) => title),
        ["How few labels are enough", "Pictures that only one of two models gets right", "The most confident mistakes"],
      );
      const broken = markup(await comparisonReport({ ...made, checks: oneFailed }));
      assert.doesNotMatch(broken, /pl-part|<img/);
    });

    it("has a section for each question, two for each model, and begins with what is more than chance", async () => {
      const { sections, intro = "", footer = "", title } = await comparisonPage(made);
      assert.equal(title, "3 models compared");
      assert.match(
        intro,
        /^With logistic regression, of 40 tested pictures: \S+ on \d+, \S+ on \d+ and \S+ on \d+ right\.\n\n/,
      );
      assert.equal(intro.match(/Not told apart|is better than/g)?.length, 3);
      assert.match(footer, /^Seed 0\. dinov2-small: weights and reading 00000000; /);
      assert.equal(sections.length, 3 + 2 * made.models.length);
      assert.equal(sections[3].heading, "What dinov2-small recognises");
    });

    it("has only the first section, and one sentence, when the comparison is broken", async () => {
      const { sections, intro } = await comparisonPage({ ...made, checks: oneFailed });
      assert.equal(sections.length, 1);
      assert.equal(intro, "This comparison is broken: a head never trained.");
    });

    it("gives the same bytes for the same comparison", async () => {
      const few = await madeComparison({ perKind: 1 });
      assert.deepEqual(await comparisonReport(few), await comparisonReport(await madeComparison({ perKind: 1 })));
    });

    it("needs neither a second model nor curves", async () => {
      const one = await madeComparison({ perKind: 1, skills: { alone: 1 } });
      const models = one.models.map(({ labelEfficiency: _, ...model }) => model);
      assert.equal((await comparisonSections({ ...one, models })).length, 3);
      assert.doesNotMatch(markup(await comparisonReport({ ...one, models })), /labels are enough|only one of two/);
    });
  });

  describe("labelMistakesGrid(labelMistakes)", () => {
    it("shows given and suggested label with both confidences, and marks neighbours with the suggested one", async () => {
      const found = madeLabelMistakes(made, 5);
      const bundle = await labelMistakesGrid(found);
      const rows = markup(bundle).match(/<section class="pl-query".*?<\/section>/g) ?? [];
      assert.equal(rows.length, 5);
      found.mistakes.forEach(({ given, suggested, suggestedConfidence, neighboursSuggested }, i) => {
        assert.ok(rows[i].includes(`rather ${suggested}<`) && rows[i].includes(`>labelled ${given}<`));
        assert.ok(rows[i].includes(`${percent(suggestedConfidence)} sure`));
        assert.equal(rows[i].match(/pl-same/g)?.length, neighboursSuggested);
      });
      assert.match(
        caption(bundle),
        /^5 labels of 40 worth a look, since they may be wrong, by logistic regression on dinov2-small, /,
      );
      assert.match(bundle["text/plain"], /of 5 neighbours 4 \S+, 1 \S+\n/);
      await assertPng(bundle, 900_000);
    });

    it("works without pictures, draws at most so many, and says when no label looks wrong", async () => {
      const { pictures: _, ...bare } = madeLabelMistakes(made, 5);
      assert.match(markup(await labelMistakesGrid(bare)), /<span class="pl-missing">row \d+<\/span>/);
      assert.match(caption(await labelMistakesGrid(bare, { limit: 2 })), /The first 2 are drawn\./);
      const none = await labelMistakesGrid({ ...bare, mistakes: [] });
      assert.match(markup(none), /No label among 40 pictures looks wrong\./);
      assert.match(caption(none), /^0 labels of 40/);
    });

    it("escapes labels", async () => {
      const found = madeLabelMistakes(made, 1);
      const mistakes = found.mistakes.map((one) => ({ ...one, given: evil, suggested: evil }));
      assert.ok(markup(await labelMistakesGrid({ ...found, mistakes })).includes(`labelled ${escaped}`));
    });
  });
});
