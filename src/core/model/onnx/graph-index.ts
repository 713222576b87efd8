/** Ways through an ONNX graph: which operator makes a value, which take it, what is constant. */
import { int64sOf, int64sOfConstantNode } from "./node-attributes.js";
import type { OnnxGraph, OnnxNode } from "./read-graph.js";

/** Operators between a weight as it is stored and where it is used are few. */
const mostSteps = 16;

export class GraphIndex {
  readonly graph: OnnxGraph;
  readonly #makers = new Map<string, OnnxNode>();
  readonly #takers = new Map<string, OnnxNode[]>();

  constructor(graph: OnnxGraph) {
    this.graph = graph;
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.#makers.set(name, node);
      for (const name of node.inputs) {
        const takers = this.#takers.get(name);
        if (takers) takers.push(node);
        else this.#takers.set(name, [node]);
      }
    }
  }

  /** The operator that makes a value; none makes inputs and stored weights. */
  makerOf(value: string): OnnxNode | undefined {
    return this.#makers.get(value);
  }

  takersOf(value: string): readonly OnnxNode[] {
    return this.#takers.get(value) ?? [];
  }

  /** Whether a value is a weight, or made of weights alone. An input that is left out counts as one. */
  isConstant(value: string, steps: number = mostSteps): boolean {
    if (value === "" || this.graph.constants.has(value)) return true;
    const maker = this.#makers.get(value);
    if (!maker || steps === 0) return false;
    return maker.op === "Constant" || (maker.inputs.length > 0 && this.#allConstant(maker, steps - 1));
  }

  /** The inputs that depend on the picture. */
  dataInputs({ inputs }: OnnxNode): string[] {
    return inputs.filter((value) => !this.isConstant(value));
  }

  /** The whole numbers of a value that is a list of them in the file itself; none of any other. */
  integers(value: string): number[] {
    const constant = this.graph.constants.get(value);
    if (constant) return int64sOf(constant);
    const maker = this.#makers.get(value);
    return maker?.op === "Constant" ? int64sOfConstantNode(maker) : [];
  }

  #allConstant({ inputs }: OnnxNode, steps: number): boolean {
    return inputs.length <= mostSteps && inputs.every((value) => this.isConstant(value, steps));
  }
}
