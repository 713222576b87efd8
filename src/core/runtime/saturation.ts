/**
 * Whether this processor's products of 8-bit numbers lose what does not fit into 16 bits, as those of x86 before VNNI
 * do. onnxruntime then has another way, slower, which it must be told to take.
 *
 * @see onnxruntime_session_options_config_keys.h, session.x64quantprecision
 */
import { GraphBuilder } from "./graph.js";
import type { Runtime } from "./runtime.js";

const size = 64;

/** Multiplies the largest numbers by each other: each sum must be exact. */
export async function productsSaturate(runtime: Runtime): Promise<boolean> {
  const g = new GraphBuilder();
  const x = g.input("x", "uint8", [size, size]);
  const w = g.initializer("w", "int8", [size, size], new Uint8Array(size * size).fill(127));
  g.output("y", g.op("MatMulInteger", [x, w]), "int32", [size, size]);
  const session = await runtime.open(g.build(), { threads: 1 });
  const { y } = await session.run({ x: { data: new Uint8Array(size * size).fill(255), dims: [size, size] } });
  await session.close();
  return (y.data as Int32Array).some((sum) => sum !== 255 * 127 * size);
}
