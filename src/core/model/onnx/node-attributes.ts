/** Whole numbers that an operator of an ONNX graph is told: attributes, or constants among its inputs. */
import { Allowance, eachField, readIntegers } from "./fields.js";
import type { OnnxConstant, OnnxNode } from "./read-graph.js";

/** Such lists hold axes or sizes; longer ones are something else. */
const mostNumbers = 64;

/** The attribute's number or numbers; undefined when the operator has no such attribute. */
export function integersOf({ attributes }: OnnxNode, name: string): number[] | undefined {
  for (const bytes of attributes) {
    const allowance = new Allowance(mostNumbers);
    const values: number[] = [];
    let found = "";
    eachField(bytes, {
      1: (r) => {
        found = r.string();
      },
      3: (r) => values.push(Number(r.int64())),
      8: (r, type) => values.push(...readIntegers(r, type, allowance)),
    });
    if (found === name) return values;
  }
  return undefined;
}

/** The numbers of a list of 64-bit integers that the file itself holds; none when it holds something else. */
export function int64sOf({ bytes, dims }: Pick<OnnxConstant, "bytes" | "dims">): number[] {
  if (dims.length > 1 || (dims[0] ?? 1) > mostNumbers) return [];
  const allowance = new Allowance(mostNumbers);
  const values: number[] = [];
  eachField(bytes, {
    7: (r, type) => values.push(...readIntegers(r, type, allowance)),
    9: (r) => values.push(...bigIntegers(r.bytes())),
  });
  return values;
}

/** The same of the tensor that a `Constant` operator gives. */
export function int64sOfConstantNode({ attributes }: OnnxNode): number[] {
  let values: number[] = [];
  for (const bytes of attributes)
    eachField(bytes, {
      5: (r) => {
        values = int64sOf({ bytes: r.bytes(), dims: [] });
      },
    });
  return values;
}

function bigIntegers(bytes: Uint8Array): number[] {
  if (bytes.length % 8 > 0 || bytes.length > 8 * mostNumbers) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigInt64(i * 8, true)));
}
