/** One of the threads that link a graph's nodes. */
import { parentPort, workerData } from "node:worker_threads";
import { openCode, type SharedGraph } from "./graph-memory.js";
import { type LinkJob, runRounds } from "./link-rounds.js";

export interface LinkWorkerData {
  graph: SharedGraph;
  job: LinkJob;
  control: Int32Array;
  entry: { node: number; level: number };
}

const { graph, job, control, entry } = workerData as LinkWorkerData;
const code = openCode(graph, job.part);
code.enter(entry.node, entry.level);
const order = new Uint32Array(graph.memory.buffer, graph.layout.order, graph.shape.capacity);
runRounds(code, order, job, control);
parentPort?.postMessage({ node: code.entryNode(), level: code.topLevel() });
