/** What a chart shows, as files. */
import { fetchAggregates, fetchSeries } from "../../api/scalars";
import { chartColours } from "../../charts/colours";
import { figureSvg } from "../../charts/figure";
import { fileName, savePng, saveText } from "../../charts/files";
import type { Line } from "../../charts/lines";
import type { Plot } from "../../charts/plot";
import type { Range } from "../../charts/ranges";
import type { ChartPart } from "./customCharts";
import { requestOf, type GroupSight } from "./groupRequests";
import { nameOfExperiment } from "./lines";
import type { XAxis } from "./series";
import { groupsToCsv, toCsv, toJson, type TableSeries } from "./seriesFiles";

export const X_TITLES: Record<XAxis, string> = {
  step: "step",
  relative: "time since the start",
  wall: "time",
};

/** What of the scalars a table holds: every point of the part that is shown. */
export interface TableContent {
  labels: readonly string[];
  expressions?: readonly string[];
  experiments: readonly string[];
  x: XAxis;
  range: Range | null;
}

export async function saveTable(name: string, format: "csv" | "json", content: TableContent): Promise<void> {
  const series = await exactSeries(content);
  if (format === "csv") saveText(fileName(name, "csv"), toCsv(series), "text/csv");
  else saveText(fileName(name, "json"), toJson(series), "application/json");
}

/** What of groups a table holds: every place of the part that is shown, not smoothed. */
export interface GroupTableContent {
  parts: readonly ChartPart[];
  groups: readonly { title: string; experiments: readonly string[] }[];
  sight: Pick<GroupSight, "average" | "band" | "bins" | "x">;
  range: Range | null;
}

export async function saveGroups(name: string, content: GroupTableContent): Promise<void> {
  const { parts, groups, range } = content;
  const sight = { ...content.sight, log_x: false, columns: 0, smoothing: 0, method: "ema" as const };
  const question = { groups: groups.map(({ experiments }) => experiments), sight, range };
  const { aggregates } = await fetchAggregates(requestOf(parts.map((part) => ({ part, question }))));
  const tables = aggregates.map(({ head, ...columns }) => {
    const isShown = (_value: number, index: number) =>
      !range || (columns.x[index]! >= range[0] && columns.x[index]! <= range[1]);
    return {
      group: groups[head.group]?.title ?? "",
      label: head.label,
      x: columns.x.filter(isShown),
      average: columns.average.filter(isShown),
      low: columns.low.filter(isShown),
      high: columns.high.filter(isShown),
      n: columns.n.filter(isShown),
    };
  });
  saveText(fileName(`${name} by group`, "csv"), groupsToCsv(tables, content.sight.average), "text/csv");
}

async function exactSeries({
  labels,
  expressions = [],
  experiments,
  x,
  range,
}: TableContent): Promise<TableSeries[]> {
  const answer = await fetchSeries({
    experiments: [...experiments],
    labels: [...labels],
    x,
    log_x: false,
    x_min: range?.[0] ?? null,
    x_max: range?.[1] ?? null,
    columns: 0,
    smoothing: 0,
    method: "ema",
    expressions: [...expressions],
    x_label: "",
  });
  return answer.series.map(({ head, steps, wallTimes, values }) => {
    // The nearest points outside the range were sent, too.
    const origin = x === "relative" ? head.first_wall_time : 0;
    const shownAt = x === "step" ? steps : wallTimes;
    const isShown = (_value: number, index: number) =>
      !range || (shownAt[index]! - origin >= range[0] && shownAt[index]! - origin <= range[1]);
    return {
      experiment: nameOfExperiment(head.experiment),
      writer: head.writer,
      label: head.label,
      steps: steps.filter(isShown),
      wallTimes: wallTimes.filter(isShown),
      values: values.filter(isShown),
    };
  });
}

export interface PictureContent {
  title: string;
  xTitle: string;
  yTitle: string;
  rightTitle?: string;
}

const WIDTH = 960;
const HEIGHT = 540;

export async function savePicture(
  plot: Plot<Line>,
  format: "svg" | "png",
  { title, xTitle, yTitle, rightTitle = "" }: PictureContent,
): Promise<void> {
  const { x, y, right } = plot.scales;
  const { lines, flags = [], axes, zoom, withoutOutliers } = plot.content;
  const svg = figureSvg({
    title,
    width: WIDTH,
    height: HEIGHT,
    x: { title: xTitle, range: x.range, log: axes.xLog, quantity: axes.xQuantity },
    y: { title: yTitle, range: y.range, log: axes.yLog, quantity: "number" },
    right: right ? { title: rightTitle, range: right.range, log: axes.yLog, quantity: "number" } : null,
    lines,
    flags,
    edges: withoutOutliers && !zoom?.y ? "all" : "infinite",
    colours: chartColours(plot.area),
  });
  if (format === "svg") saveText(fileName(title, "svg"), svg, "image/svg+xml");
  else await savePng(fileName(title, "png"), svg);
}
