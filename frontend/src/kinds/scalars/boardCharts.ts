/** Panels of boards as charts of this page, and the other way round. Pure. */
import type { BoardPanel, BoardSettings } from "../../api/messages";
import type { Ends, Zoom } from "../../charts/plot";
import type { CustomChart } from "./customCharts";

const OUTLIERS = { auto: "auto", ignore: true, show: false } as const;

export function chartOfPanel(panel: BoardPanel, settings: BoardSettings): CustomChart {
  const { smoothing, smoothing_method: method } = settings;
  return {
    title: panel.title ?? "",
    labels: panel.labels ?? [],
    pattern: panel.pattern ?? "",
    expressions: panel.expressions ?? [],
    x: settings.x ?? null,
    xLabel: settings.x_label ?? "",
    right: panel.right ?? [],
    logY: settings.log_y ?? false,
    smoothing:
      smoothing === undefined || smoothing === null ? null : { weight: smoothing, method: method ?? "ema" },
    singles: false,
    details: {
      listsExperiments: false,
      logX: settings.log_x ?? null,
      outliers: settings.outliers ? OUTLIERS[settings.outliers] : null,
      range: rangeOf(settings),
      ends: { x: openRange(settings.x_range), y: openRange(settings.y_range) },
      scattered: panel.glyph === "scatter",
      palette: panel.palette ?? [],
      styles: panel.styles ?? [],
      xTitle: panel.x_title ?? "",
      yTitle: panel.y_title ?? "",
    },
  };
}

/** As it stands in the file of a board. */
export function panelOfChart(chart: CustomChart): Record<string, unknown> {
  const { title, labels, pattern, expressions, x, xLabel, right, logY, smoothing } = chart;
  return {
    ...(labels.length > 0 && { chart: [...labels] }),
    ...(pattern && { regex: pattern }),
    ...(expressions.length > 0 && { expression: [...expressions] }),
    ...(title && { title }),
    ...(x && { x }),
    ...(xLabel && { x_label: xLabel }),
    ...(right.length > 0 && { right: [...right] }),
    ...(logY && { log_y: true }),
    ...(smoothing && { smoothing: smoothing.weight, smoothing_method: smoothing.method }),
  };
}

/** Where both ends are said, as if somebody had zoomed. */
function rangeOf({ x_range, y_range }: BoardSettings): Zoom | null {
  const x = ends(x_range);
  const y = ends(y_range);
  return x || y ? { x, y } : null;
}

function ends(range: BoardSettings["x_range"]): [number, number] | undefined {
  const [low, high] = range ?? [null, null];
  return low === null || high === null ? undefined : [low, high];
}

/** Where one end is said, and the values decide the other. */
function openRange(range: BoardSettings["x_range"]): Ends | null {
  const [low, high] = range ?? [null, null];
  return (low === null) === (high === null) ? null : [low, high];
}
