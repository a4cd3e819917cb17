/** What a tooltip says, for the clipboard. */
import type { HoverPoint } from "../../lib/hover";
import { plural } from "../../lib/numbers";
import { spelled, toTsv } from "../../lib/seriesFiles";
import { copyText } from "../../state/notices.svelte";
import type { ScalarLine } from "./lines";

export function copyPoints(points: readonly HoverPoint<ScalarLine>[]): Promise<void> {
  const head = ["experiment", "step", "wall_time", "value"];
  const rows = points.map(({ line, index, value }) => [
    line.name,
    String(line.steps[index]!),
    String(line.wallTimes[index]!),
    spelled(value),
  ]);
  return copyText(toTsv([head, ...rows]), `${plural(rows.length, "value")} copied`);
}
