import assert from "node:assert/strict";
import fc from "fast-check";
import { CellNotebook } from "../../support/cell-notebook.js";

const names = ["a", "b", "c"] as const;
type Name = (typeof names)[number];
const forms = ["let", "var", "const", "function", "class", "enum", "pattern"] as const;

/** One statement of a cell, about one of the names. */
type Step =
  | { readonly do: "declare"; readonly name: Name; readonly form: (typeof forms)[number]; readonly value: number }
  | { readonly do: "assign" | "add"; readonly name: Name; readonly value: number }
  | { readonly do: "shadow" | "reader" | "writer"; readonly name: Name; readonly value?: never };

interface Cell {
  readonly steps: readonly Step[];
  /** Ends with an error after so many of its steps, if it has that many. */
  readonly throwsAt: number | undefined;
}

/** What a name stands for: shared by all functions that were compiled against it, and never replaced. */
interface Binding {
  readonly form: (typeof forms)[number];
  value: number;
}

const name = fc.constantFrom(...names);
const value = fc.integer({ min: 0, max: 99 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("declare" as const), name, form: fc.constantFrom(...forms), value }),
  fc.record({ do: fc.constantFrom("assign" as const, "add" as const), name, value }),
  fc.record({ do: fc.constantFrom("shadow" as const, "reader" as const, "writer" as const), name }),
);
const cell: fc.Arbitrary<Cell> = fc.record({
  // one statement a name, so that a cell does not declare one twice or use it above its declaration
  steps: fc.uniqueArray(step, { selector: (s) => s.name, minLength: 1, maxLength: 3 }),
  throwsAt: fc.option(fc.nat(3), { freq: 5, nil: undefined }),
});

const declarations: Record<(typeof forms)[number], (name: string, value: number) => string> = {
  let: (n, v) => `let ${n} = ${v};`,
  var: (n, v) => `{ var ${n} = ${v}; }`,
  const: (n, v) => `const ${n} = ${v} as number;`,
  function: (n, v) => `function ${n}(): number { return ${v} }`,
  class: (n, v) => `class ${n} { static v: number = ${v} }`,
  enum: (n, v) => `enum ${n} { v = ${v} }`,
  pattern: (n, v) => `let { x: [${n}] } = { x: [${v}] };`,
};
/** How the number behind a name is read. */
function reading(n: string, { form }: Binding): string {
  if (form === "function") return `${n}()`;
  return form === "class" || form === "enum" ? `Number(${n}.v)` : n;
}

const assignable = ({ form }: Binding): boolean => form === "let" || form === "var" || form === "pattern";
/** Functions are there before their statement runs, and so is `var`, as undefined. */
const hoisted = (form: string): boolean => form === "function";

/** The notebook as lexical scopes say it must behave, beside the one that is compiled. */
class Model {
  readonly bindings = new Map<Name, Binding>();
  readonly functions: { readonly call: string; readonly binding: Binding; readonly writes: boolean }[] = [];
  #count = 0;

  /** The text of a cell, and what it does to the model. */
  cell({ steps, throwsAt }: Cell): { source: string; fails: boolean } {
    const lines: string[] = [];
    const stop = throwsAt !== undefined && throwsAt < steps.length ? throwsAt : steps.length;
    const before = new Map(this.bindings);
    steps.forEach((s, i) => {
      if (i === stop) lines.push("throw new Error('stop');");
      lines.push(this.#step(s, i < stop, before));
    });
    return { source: `${lines.join("\n")}\nundefined;`, fails: stop < steps.length };
  }

  #step(s: Step, runs: boolean, before: ReadonlyMap<Name, Binding>): string {
    if (s.do === "declare") {
      const done = runs || hoisted(s.form);
      // `var` that was not reached is there, and undefined: the model leaves such cells out
      if (done) this.bindings.set(s.name, { form: s.form, value: s.value });
      return declarations[!runs && s.form === "var" ? "let" : s.form](s.name, s.value);
    }
    const binding = before.get(s.name);
    if (binding === undefined) return "";
    if (s.do === "shadow") return `((${s.name}: number) => { ${s.name}++; return { ${s.name} } })(1);`;
    if (s.do === "reader") return this.#function(binding, runs, `() => ${reading(s.name, binding)}`, false);
    if (!assignable(binding)) return "";
    if (s.do === "writer") return this.#function(binding, runs, `() => ++${s.name}`, true);
    if (s.value === undefined) return "";
    if (runs) binding.value = s.do === "add" ? binding.value + s.value : s.value;
    return s.do === "add" ? `${s.name} += ${s.value};` : `({ ${s.name} } = { ${s.name}: ${s.value} });`;
  }

  #function(binding: Binding, runs: boolean, body: string, writes: boolean): string {
    const call = `f${this.#count++}`;
    if (runs) this.functions.push({ call, binding, writes });
    return `const ${call} = ${body};`;
  }
}

describe("names across cells, whatever the cells", () => {
  it("read, write and shadow the bindings that lexical scopes give them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 2, maxLength: 8 }), async (cells) => {
        const notebook = new CellNotebook();
        const model = new Model();
        for (const next of cells) {
          const { source, fails } = model.cell(next);
          if (fails) await assert.rejects(notebook.run(source), /stop/);
          else await notebook.run(source);
        }
        const known = [...model.bindings].map(([n, binding]) => ({ text: reading(n, binding), binding }));
        const wanted = (): number[] => known.map(({ binding }) => binding.value);
        const look = `[${known.map(({ text }) => text).join(", ")}]`;
        assert.deepEqual(await notebook.run(look), wanted());
        for (const { call, binding, writes } of model.functions) {
          if (writes) binding.value++;
          assert.equal(await notebook.run(`${call}()`), binding.value, call);
        }
        assert.deepEqual(await notebook.run(look), wanted());
      }),
      { numRuns: 40 },
    );
  });
});
