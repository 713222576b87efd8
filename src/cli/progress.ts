/** Progress on standard error: a bar that redraws itself on a terminal, a line a finished step elsewhere. */

export interface Progress {
  /** begins a step and ends the one before; `unit` is what its updates count, for the pace */
  step(label: string, unit?: string): void;
  /** how far the step has come */
  update(done: number, total: number): void;
  /** ends the last step */
  end(): void;
}

const barWidth = 24;

/** @param stream where to write @param quiet write nothing, for output that machines read */
export function progressOn(stream: NodeJS.WriteStream, quiet = false): Progress {
  if (quiet) return { step() {}, update() {}, end() {} };
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
      current = { label, unit, started: performance.now(), total: 0 };
      redraw(`  ${label} …`);
    },
    update(done, total) {
      if (!current) return;
      current.total = total;
      redraw(`  ${current.label}  ${bar(done / total)}  ${done}/${total}${timeLeft(current, done)}`);
    },
    end,
  };
}

interface Step {
  label: string;
  unit: string | undefined;
  started: number;
  total: number;
}

function bar(share: number): string {
  const filled = Math.round(barWidth * share);
  return "━".repeat(filled) + "╌".repeat(barWidth - filled);
}

function secondsSince(started: number): number {
  return Math.max(0.001, (performance.now() - started) / 1000);
}

function finished({ label, unit, started, total }: Step): string {
  const seconds = secondsSince(started);
  const pace = unit && total > 1 ? `, ${(total / seconds).toFixed(0)} ${unit} a second` : "";
  return `✓ ${label}  ${seconds.toFixed(1)} s${pace}`;
}

function timeLeft({ started, total }: Step, done: number): string {
  const seconds = secondsSince(started);
  return done === 0 || seconds < 2 ? "" : `  ${Math.ceil((seconds / done) * (total - done))} s left`;
}
