/** The worker thread that lays out a map with the project's own engine. */
import { answerJob } from "./answer-job.js";
import { fitCurve } from "./curve.js";
import { fuzzySet } from "./fuzzy-set.js";
import { layout } from "./layout.js";
import type { UmapJob } from "./messages.js";

answerJob<UmapJob>(({ table, start, minDist, spread, epochs, seed }, report) => {
  const curve = fitCurve(minDist, spread);
  layout(start, fuzzySet(table), { curve, epochs, seed, onEpoch: (done) => report(done, epochs) });
  return Float32Array.from(start);
});
