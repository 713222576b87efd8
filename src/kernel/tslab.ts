/** The parts of tslab that we stand on: its compiler of cells, its executor and its messages to Jupyter. */
import { createRequire } from "node:module";
import type * as converter from "tslab/dist/converter.js";
import type * as executor from "tslab/dist/executor.js";
import type * as jupyter from "tslab/dist/jupyter.js";
import type * as main from "tslab/dist/main.js";
import type { CompilerSystem } from "./package-access.js";
import { expandShorthand, type TypeScript } from "./shorthand.js";

export type WriteDisplayData = (message: TslabDisplay, update?: boolean) => void;

/** A `display_data` or `update_display_data` message as tslab makes them. */
export interface TslabDisplay {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

export interface Tslab {
  readonly converter: typeof converter;
  readonly executor: typeof executor;
  readonly main: typeof main;
  /** CommonJS exports, not an ES namespace: `lastWriteDisplayData` is reassigned at every cell. */
  readonly jupyter: Omit<typeof jupyter, "lastWriteDisplayData"> & { lastWriteDisplayData: WriteDisplayData | null };
  /** `sys` of the TypeScript inside tslab. */
  readonly sys: CompilerSystem;
}

/** Loads tslab, which takes most of a second for its compiler. */
export function loadTslab(): Tslab {
  const require = createRequire(import.meta.url);
  const inner = createRequire(require.resolve("tslab/dist/converter.js"));
  const typescript: TypeScript & { sys: CompilerSystem } = inner("@tslab/typescript-for-tslab");
  return {
    converter: withShorthand(require("tslab/dist/converter.js"), typescript),
    executor: require("tslab/dist/executor.js"),
    main: require("tslab/dist/main.js"),
    jupyter: require("tslab/dist/jupyter.js"),
    sys: typescript.sys,
  };
}

/** Every converter made from now on, by tslab's own kernel too, sees short properties written out. */
function withShorthand(
  module: { -readonly [name in keyof typeof converter]: (typeof converter)[name] },
  ts: TypeScript,
): typeof converter {
  const create = module.createConverter;
  module.createConverter = (options) => {
    const made = create(options);
    const convert = made.convert;
    made.convert = (declarations, source) => convert.call(made, declarations, expandShorthand(ts, source));
    return made;
  };
  return module;
}
