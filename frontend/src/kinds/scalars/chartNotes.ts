/** What a chart leaves out, in words. */
import { countNotPositive, type Line } from "../../charts/lines";
import type { Plot } from "../../charts/plot";
import { plural } from "../../lib/numbers";
import type { ScalarLine } from "./lines";

/** `experiments`: how many have the label. */
export function notesOn({ content }: Pick<Plot<ScalarLine>, "content">, experiments: number): string[] {
  const { lines, axes } = content;
  const notes: string[] = [];
  const drawn = new Set(lines.map(({ experiment }) => experiment)).size;
  if (drawn > 0 && drawn < experiments) {
    notes.push(`the first ${drawn.toLocaleString("en")} of ${experiments.toLocaleString("en")} in the list`);
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
  return notes;
}

/** A line of which so much lies beyond is left out itself, not values of it. */
const MOSTLY = 0.05;

/** What lies beyond the range because it is unlike the rest; "" if nothing does. */
export function leftOut({
  content,
  scales,
}: Pick<Plot<Line & { isWhole: boolean }>, "content" | "scales">): string {
  const { lines, zoom, withoutOutliers } = content;
  if (!withoutOutliers || zoom?.y) return "";
  const far = new Set<string>();
  /** By who is in them: of one group there may be lines of several labels. */
  const farGroups = new Set<readonly string[]>();
  let values = 0;
  let isCounted = true;
  for (const { y, length, experiment, members, name, axis, isWhole } of lines) {
    const [min, max] = (axis && scales.right ? scales.right : scales.y).range;
    const beyond = countBeyond(y, length, min, max);
    if (beyond === 0) continue;
    if (beyond > length * MOSTLY && lines.length > 1) {
      if (members) farGroups.add(members);
      else far.add(experiment ?? name);
    } else {
      values += beyond;
      // Of an overview it is only known whether there are any.
      isCounted &&= isWhole;
    }
  }
  const said = [
    farGroups.size > 0 ? plural(farGroups.size, "group") : "",
    far.size > 0 ? plural(far.size, "experiment") : "",
    values > 0 ? (isCounted ? plural(values, "outlier") : "outliers") : "",
  ].filter((part) => part !== "");
  return said.length > 0 ? `${said.join(" and ")} left out` : "";
}

/** How many annotations the x axis has no place for. */
export function withoutPlaceNotes(count: number): string[] {
  return count > 0 ? [`${plural(count, "annotation")} without a place on this axis left out`] : [];
}

function countBeyond(values: Float64Array, length: number, min: number, max: number): number {
  let count = 0;
  for (let index = 0; index < length; index++) if (values[index]! < min || values[index]! > max) count++;
  return count;
}
