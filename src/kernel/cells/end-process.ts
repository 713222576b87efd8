/**
 * Ends this process though threads of imported packages are still computing. Exit listeners run, those of cells too;
 * Node's next step would be to tear the threads down, at which onnxruntime aborts and leaves a core dump.
 */
const exit = process.exit.bind(process);

export function endProcess(): void {
  process.once("exit", () => process.kill(process.pid, "SIGKILL"));
  exit(0);
}
