/** The parity card: what agrees to what, line by line. */
import { largestDifference, type ParityRow, parityTolerance } from "../core/model/parity.js";

/** What a comparison on the model's own weights found. */
export interface Finding {
  what: string;
  largest: number;
  /** what the largest difference may be */
  limit: number;
  /** largest magnitude of the numbers compared */
  magnitude?: number;
  mean?: number;
  unit?: string;
  agrees: boolean;
}

export interface Card {
  model: string;
  family: string;
  tolerance: number;
  checkpoints: ParityRow[];
  findings: Finding[];
}

/** Trained networks hold numbers far from 1, so that the tolerance goes with the largest of them. */
export function finding(what: string, ours: Float32Array, theirs: Float32Array): Finding {
  const largest = largestDifference(ours, theirs);
  const magnitude = theirs.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const limit = parityTolerance * Math.max(1, magnitude);
  return { what, largest, limit, magnitude, agrees: largest <= limit };
}

export function cardText({ model, family, tolerance, checkpoints, findings }: Card): string {
  const lines = [`${model} (${family}): largest differences`, ""];
  if (checkpoints.length > 0) {
    lines.push(`  small checkpoints of the family, against PyTorch's stored outputs; up to ${tolerance} is equal`);
    lines.push(
      `    ${"checkpoint".padEnd(18)}${"pixels".padEnd(11)}${"tokens".padEnd(10)}${"hidden".padEnd(10)}attention`,
    );
    for (const { checkpoint, size, tokens, hiddenStates, attention, agrees } of checkpoints)
      lines.push(
        `  ${mark(agrees)} ${checkpoint.padEnd(18)}${size.join(" x ").padEnd(11)}${[tokens, hiddenStates, attention]
          .map((x) => number(x).padEnd(10))
          .join("")}`.trimEnd(),
      );
  } else lines.push("  no small checkpoints: the model is an ONNX file, which is run as it is");
  if (findings.length > 0) lines.push("", "  this model's weights, on two pictures");
  for (const { what, largest, limit, magnitude, mean, unit, agrees } of findings) {
    const scale =
      magnitude === undefined ? "" : `, of numbers up to ${magnitude.toPrecision(3)}; up to ${number(limit)} is equal`;
    const rest = mean === undefined ? "" : `, on average ${number(mean)} ${unit}`;
    lines.push(`  ${mark(agrees)} ${what}: ${number(largest)}${scale}${rest}`);
  }
  return lines.join("\n");
}

function mark(agrees: boolean): string {
  return agrees ? "✓" : "✗";
}

function number(x: number | undefined): string {
  if (x === undefined) return "";
  return x === 0 ? "0" : x < 0.01 ? x.toExponential(0) : x.toPrecision(2);
}
