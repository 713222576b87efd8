import { given } from "../given.js";
import { classifierNames } from "./classifier.js";
import type { Head } from "./head.js";
import { checkC, type LogisticOptions, trainLogistic } from "./logistic-regression.js";
import { checkedCs, type SweepOptions, sweepLogistic } from "./logistic-sweep.js";
import { presentClasses, rowsOfPresent } from "./present-classes.js";

export interface LogisticHeadOptions extends Omit<LogisticOptions, "signal">, Pick<SweepOptions, "cs" | "refit"> {
  /** the C to train with, without a choice @default the best of `cs` on the validation rows; 1 where there are none */
  readonly c?: number;
}

/**
 * Logistic regression with the C that validation rows choose, or with the one given. Without validation rows C is 1, and
 * the notes say so.
 *
 * @throws ArgumentError when `c` or one of `cs` is no finite number above 0; when it trains, as `sweepLogistic`
 */
export function logisticHead({ c, cs, refit, ...solver }: LogisticHeadOptions = {}): Head {
  if (c !== undefined) checkC(c, "c");
  if (cs !== undefined) checkedCs(cs);
  return {
    name: classifierNames.logistic,
    train: async (data, { signal }) => {
      const options = { ...solver, ...(signal ? { signal } : {}) };
      if (c !== undefined) return trainLogistic(data, { ...options, c });
      if (rowsOfPresent(data.validation, presentClasses(data)))
        return sweepLogistic(data, { ...options, ...given({ cs, refit }) });
      const trained = await trainLogistic(data, options);
      const remarks = [`no validation rows to choose C: it is ${trained.classifier.c}`];
      return { ...trained, notes: { ...trained.notes, remarks } };
    },
  };
}
