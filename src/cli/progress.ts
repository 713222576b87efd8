/** Progress on standard error: a bar that redraws itself on a terminal, a line a finished step elsewhere. */
import { byteSize } from "../core/hub/byte-size.js";

export interface Progress {
  /** begins a step and ends the one before; `unit` is what its updates count, for the pace: "pictures", "bytes" */
  step(label: string, unit?: string): void;
  /**
   * how far the step has come; `work` is what of it this step did itself, for the pace, where some was done before
   * @param work as much as is done, if left out
   */
  update(done: number, total: number, work?: number): void;
  /** ends the last step */
  end(): void;
  /** forgets the last step, which turned out to be none */
  drop(): void;
}

const widestBar = 24;

/** @param stream where to write @param quiet write nothing, for output that machines read */
export function progressOn(stream: NodeJS.WriteStream, quiet = false): Progress {
  if (quiet) return { step() {}, update() {}, end() {}, drop() {} };
  const redraw = stream.isTTY ? (text: string) => stream.write(`\r\x1b[2K${text}`) : () => {};
  let current: Step | undefined;
  const end = () => {
    if (!current) return;
    redraw("");
    stream.write(`${finished(current)}\n`);
    current = undefined;
  };
  return {
    step(label, unit) {
      end();
      current = { label, unit, started: performance.now(), work: 0, total: 0 };
      redraw(`  ${label} …`);
    },
    update(done, total, work = done) {
      if (!current) return;
      current.work = work;
      current.total = total;
      redraw(drawn(current, done, stream.columns || 80));
    },
    end,
    drop() {
      redraw("");
      current = undefined;
    },
  };
}

/**
 * For jobs that name their step with each call.
 *
 * @param unitOf what a step's updates count @default nothing
 */
export function stepsOn(
  progress: Progress,
  unitOf: (step: string) => string | undefined = () => undefined,
): (step: string, done: number, total: number) => void {
  let current = "";
  return (step, done, total) => {
    if (step !== current) progress.step(step, unitOf(step));
    current = step;
    progress.update(done, total);
  };
}

interface Step {
  label: string;
  unit: string | undefined;
  started: number;
  work: number;
  total: number;
}

/** In one line, since a longer one cannot be drawn over: where the room is short, bar and label give way. */
function drawn(step: Step, done: number, columns: number): string {
  const label = `  ${step.label}  `;
  const after = `${amount(step, done)}${timeLeft(step, done)}`;
  const room = columns - 1 - after.length;
  const width = Math.min(widestBar, room - label.length - 2);
  const before = width < 4 ? label.slice(0, Math.max(0, room)) : `${label}${bar(done / step.total, width)}  `;
  return `${before}${after}`.slice(0, columns - 1);
}

function bar(share: number, width: number): string {
  const filled = Math.round(width * share);
  return "━".repeat(filled) + "╌".repeat(width - filled);
}

function secondsSince(started: number): number {
  return Math.max(0.001, (performance.now() - started) / 1000);
}

function amount({ unit, total }: Step, done: number): string {
  return unit === "bytes" ? `${byteSize(done)} of ${byteSize(total)}` : `${done}/${total}`;
}

function finished({ label, unit, started, work, total }: Step): string {
  const seconds = secondsSince(started);
  const each = work / seconds;
  const amountEach = unit === "bytes" ? byteSize(Math.round(each)) : `${each.toFixed(0)} ${unit}`;
  const pace = unit && total > 1 ? `, ${amountEach} a second` : "";
  return `✓ ${label}  ${seconds.toFixed(1)} s${pace}`;
}

function timeLeft({ started, work, total }: Step, done: number): string {
  const seconds = secondsSince(started);
  if (work === 0 || seconds < 2) return "";
  const left = Math.ceil((seconds / work) * (total - done));
  return left < 120 ? `  ${left} s left` : `  ${Math.round(left / 60)} min left`;
}
