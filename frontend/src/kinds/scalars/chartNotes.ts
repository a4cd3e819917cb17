/** What a chart leaves out, in words. */
import type { Plot } from "../../charts/plot";
import { countNotPositive } from "../../lib/lines";
import { plural } from "../../lib/numbers";
import type { ScalarLine } from "./lines";

/** `experiments`: how many have the label. */
export function notesOn({ content, scales }: Plot<ScalarLine>, experiments: number): string[] {
  const { lines, axes, zoom, withoutOutliers } = content;
  const notes: string[] = [];
  const drawn = new Set(lines.map(({ experiment }) => experiment)).size;
  if (drawn > 0 && drawn < experiments) {
    notes.push(`${drawn.toLocaleString("en")} of ${plural(experiments, "experiment")} drawn`);
  }
  const sum = (count: (line: ScalarLine) => number) => lines.reduce((total, line) => total + count(line), 0);
  // Of an overview it is only known whether there are any.
  const isWhole = lines.every((line) => line.isWhole);
  const counted = (count: number, one: string) => (isWhole ? plural(count, one) : `${one}s`);

  if (axes.yLog) {
    const count = sum((line) => countNotPositive(line.y, line.length));
    if (count > 0) notes.push(`${counted(count, "value")} ≤ 0 left out`);
  }
  if (axes.xLog) {
    const count = sum((line) => line.withoutPlace);
    const what = axes.xQuantity === "number" ? "step" : "time";
    if (count > 0) notes.push(`${plural(count, "point")} at ${what} 0 left out`);
  }
  if (withoutOutliers && !zoom?.y) {
    const [min, max] = scales.y.range;
    const count = sum(({ y, length }) => countBeyond(y, length, min, max));
    if (count > 0) notes.push(`${counted(count, "outlier")} left out`);
  }
  return notes;
}

function countBeyond(values: Float64Array, length: number, min: number, max: number): number {
  let count = 0;
  for (let index = 0; index < length; index++) if (values[index]! < min || values[index]! > max) count++;
  return count;
}
