/** The worker thread in which TypeScript lives: its work blocks this thread, and no message of Jupyter's. */
import { parentPort, workerData } from "node:worker_threads";
import { CellTypeScript } from "./cell-compiler.js";
import type { Answer, Call } from "./thread-messages.js";

const compiler = new CellTypeScript((workerData as { folder: string }).folder);

function answer({ method, args }: Call): Answer {
  try {
    return { result: (compiler[method] as (...args: readonly unknown[]) => unknown).apply(compiler, args as never) };
  } catch (error) {
    return { error };
  }
}

/** As many cells as it takes until a cell compiles in a third of the first one's time. */
let practice = 60;
/** When something was asked for last, and how long it then stays quiet before practice goes on, in milliseconds. */
let asked = 0;
const quiet = 50;

/** While nobody asks for anything. */
function practise(): void {
  if (performance.now() - asked > quiet) {
    compiler.practise();
    practice--;
  }
  if (practice > 0) setTimeout(practise, 1);
}

parentPort?.on("message", (call: Call) => {
  parentPort?.postMessage(answer(call));
  asked = performance.now();
});
compiler.warm();
practise();
