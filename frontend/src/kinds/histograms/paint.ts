/** The four forms of histograms on a canvas. */
import { areaOf, paintAxes, type Area, type Paint, type Size } from "../../charts/drawing";
import { projection, valueAt } from "../../charts/lines";
import type { Place } from "../../charts/marks";
import type { Range } from "../../charts/ranges";
import { SEQUENTIAL, placeOfShare, sequentialColour } from "../../charts/sequential";
import { exactNumber, formatNumber, plural } from "../../lib/numbers";
import { binOf, densitiesOf, PERCENTILES, percentilesOf, totalOf, type Histogram } from "./histograms";

export interface StepHistogram {
  step: number | null;
  histogram: Histogram;
}

/** What one entry shows: in growing order of their steps. */
export interface Shown {
  all: readonly StepHistogram[];
  /** Of the values. */
  extent: Range;
  colour: string;
}

export interface Form {
  paint: Paint<Shown>;
  tip: (place: Place, shown: Shown, size: Size) => readonly string[] | null;
  /** Where the steps are the x axis: the area inside the axes. */
  overSteps?: (shown: Shown, size: Size) => Area;
  /** Of what somebody has written to steps, where the experiment's own could not be seen. */
  flagColour?: string;
}

const BIN_GAP_PX = 1;
/** How high the highest hill is, in parts of the area. */
const RIDGE_SHARE = 0.28;
/** Few values are seen beside many, too. */
const HEAT_EXPONENT = 0.5;

// --- one step ----------------------------------------------------------------------------------------------------

function stepArea({ all, extent }: Shown, size: Size): Area {
  const most = Math.max(...all.flatMap(({ histogram }) => histogram.counts), 0);
  return areaOf(size, { x: extent, y: [0, most * 1.04 || 1] });
}

export const STEP: Form = {
  paint(context, shown, size, colours) {
    const area = stepArea(shown, size);
    paintAxes(context, area, colours);
    const toX = projection(area.x);
    const toY = projection(area.y);
    context.fillStyle = shown.colour;
    for (const { histogram } of shown.all) {
      histogram.counts.forEach((count, bin) => {
        const left = toX(histogram.edges[bin]!);
        const width = toX(histogram.edges[bin + 1]!) - left;
        const gap = width > 4 * BIN_GAP_PX ? BIN_GAP_PX : 0;
        const top = toY(count);
        if (count > 0) context.fillRect(left, top, Math.max(1, width - gap), Math.max(1, area.y.from - top));
      });
    }
    return shown.all.length * 200;
  },
  tip({ x }, shown, size) {
    const histogram = shown.all[0]?.histogram;
    return histogram ? binTip(histogram, valueAt(stepArea(shown, size).x, x)) : null;
  },
};

function binTip({ edges, counts }: Histogram, value: number): string[] | null {
  const bin = binOf(edges, value);
  if (bin < 0) return null;
  const share = counts[bin]! / (totalOf({ counts }) || 1);
  const [from, to] = [formatNumber(edges[bin]), formatNumber(edges[bin + 1])];
  return [`${from} to ${to}`, `${exactNumber(counts[bin]!)} (${formatNumber(share * 100, 3)} %)`];
}

// --- hills behind each other -------------------------------------------------------------------------------------

interface Ridges {
  area: Area;
  /** Of each step's hill, where its foot is. */
  feet: number[];
  heightOf: (density: number) => number;
}

function ridgesOf({ all, extent }: Shown, size: Size): Ridges {
  const area = areaOf(size, { x: extent, y: [0, Math.max(1, all.length - 1)] });
  const { from, to } = area.y;
  const highest = (from - to) * (all.length > 1 ? RIDGE_SHARE : 1);
  const most = Math.max(...all.flatMap(({ histogram }) => densitiesOf(histogram)), 0) || 1;
  const room = from - to - highest;
  // The last step stands in front.
  const feet = all.map(
    (_, index) => to + highest + (room * (index + (all.length > 1 ? 0 : 1))) / Math.max(1, all.length - 1),
  );
  return { area, feet, heightOf: (density) => (density / most) * highest };
}

export const RIDGE: Form = {
  paint(context, shown, size, colours) {
    const { area, feet, heightOf } = ridgesOf(shown, size);
    paintAxes(context, area, colours, { withoutY: true });
    const toX = projection(area.x);
    context.lineWidth = 1;
    let cost = 0;
    shown.all.forEach(({ histogram }, index) => {
      const foot = feet[index]!;
      const densities = densitiesOf(histogram);
      context.beginPath();
      context.moveTo(toX(histogram.edges[0]!), foot);
      densities.forEach((density, bin) => {
        const y = foot - heightOf(density);
        context.lineTo(toX(histogram.edges[bin]!), y);
        context.lineTo(toX(histogram.edges[bin + 1]!), y);
      });
      context.lineTo(toX(histogram.edges.at(-1)!), foot);
      context.globalAlpha = 0.86;
      context.fillStyle = sequentialColour(0.1 + (0.8 * index) / Math.max(1, shown.all.length - 1));
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = colours.background;
      context.stroke();
      cost += densities.length * 4;
    });
    paintStepNames(context, shown, feet, area, colours.muted);
    return cost;
  },
  tip(place, shown, size) {
    const { area, feet } = ridgesOf(shown, size);
    const nearest = feet.findIndex((foot) => foot >= place.y);
    const { step, histogram } = shown.all[nearest < 0 ? feet.length - 1 : nearest] ?? {};
    const bin = histogram && binTip(histogram, valueAt(area.x, place.x));
    return bin ? [`Step ${step}`, ...bin] : null;
  },
};

function paintStepNames(
  context: CanvasRenderingContext2D,
  { all }: Shown,
  feet: readonly number[],
  { x }: Area,
  colour: string,
): void {
  context.fillStyle = colour;
  context.textAlign = "right";
  context.textBaseline = "alphabetic";
  let last = -Infinity;
  all.forEach(({ step }, index) => {
    if (feet[index]! - last < 14) return;
    last = feet[index]!;
    context.fillText(String(step ?? ""), x.from - 6, last);
  });
}

// --- columns of colours ------------------------------------------------------------------------------------------

/** From half-way to the step before to half-way to the one after. */
function columnsOf(all: readonly StepHistogram[]): number[] {
  const steps = all.map(({ step }) => step ?? 0);
  const first = steps[0] ?? 0;
  const last = steps.at(-1) ?? 0;
  const middles = steps.slice(1).map((step, index) => (step + steps[index]!) / 2);
  const ends =
    middles.length > 0
      ? [first - (middles[0]! - first), last + (last - middles.at(-1)!)]
      : [first - 0.5, last + 0.5];
  return [ends[0]!, ...middles, ends[1]!];
}

function overSteps({ all, extent }: Shown, size: Size): { area: Area; columns: number[] } {
  const columns = columnsOf(all);
  return { area: areaOf(size, { x: [columns[0]!, columns.at(-1)!], y: extent }), columns };
}

export const HEATMAP: Form = {
  flagColour: "#fff",
  overSteps: (shown, size) => overSteps(shown, size).area,
  paint(context, shown, size, colours) {
    const { area, columns } = overSteps(shown, size);
    const toX = projection(area.x);
    const toY = projection(area.y);
    context.fillStyle = `rgb(${SEQUENTIAL.slice(0, 3).join(" ")})`;
    context.fillRect(area.x.from, area.y.to, area.x.to - area.x.from, area.y.from - area.y.to);
    const all = shown.all.map(({ histogram }) => densitiesOf(histogram));
    const most = Math.max(...all.flat(), 0) || 1;
    let cost = 0;
    all.forEach((densities, column) => {
      const { edges } = shown.all[column]!.histogram;
      // Whole pixels: columns beside each other must not show a seam.
      const left = Math.round(toX(columns[column]!));
      const width = Math.max(1, Math.round(toX(columns[column + 1]!)) - left);
      densities.forEach((density, bin) => {
        const place = placeOfShare((density / most) ** HEAT_EXPONENT);
        if (place <= 0) return;
        const bottom = Math.round(toY(edges[bin]!));
        const top = Math.round(toY(edges[bin + 1]!));
        context.fillStyle = `rgb(${SEQUENTIAL.slice(place * 3, place * 3 + 3).join(" ")})`;
        context.fillRect(left, top, width, Math.max(1, bottom - top));
      });
      cost += densities.length * 6;
    });
    paintAxes(context, area, colours, { ontop: true });
    return cost;
  },
  tip(place, shown, size) {
    const { area, columns } = overSteps(shown, size);
    const found = atStep(shown, columns, valueAt(area.x, place.x));
    const bin = found && binTip(found.histogram, valueAt(area.y, place.y));
    return found ? [`Step ${found.step}`, ...(bin ?? [])] : null;
  },
};

function atStep({ all }: Shown, columns: readonly number[], step: number): StepHistogram | undefined {
  return step < columns[0]! ? undefined : all[columns.findIndex((end) => end > step) - 1];
}

// --- bands between percentiles -----------------------------------------------------------------------------------

const BANDS = [
  [0, 6, 0.16],
  [1, 5, 0.24],
  [2, 4, 0.34],
] as const;
const MEDIAN = 3;

interface StepPercentiles {
  step: number;
  values: number[];
}

function percentilesOfSteps({ all }: Shown): StepPercentiles[] {
  return all.flatMap(({ step, histogram }) => {
    const values = percentilesOf(histogram);
    return values && step !== null ? [{ step, values }] : [];
  });
}

function bandsArea(steps: readonly StepPercentiles[], extent: Range, size: Size): Area {
  const [first, last] = [steps[0]?.step ?? 0, steps.at(-1)?.step ?? 0];
  return areaOf(size, { x: first < last ? [first, last] : [first - 0.5, last + 0.5], y: extent });
}

export const BANDS_FORM: Form = {
  overSteps: (shown, size) => bandsArea(percentilesOfSteps(shown), shown.extent, size),
  paint(context, shown, size, colours) {
    const steps = percentilesOfSteps(shown);
    const area = bandsArea(steps, shown.extent, size);
    paintAxes(context, area, colours);
    const toX = projection(area.x);
    const toY = projection(area.y);
    const alone = steps.length === 1;
    // One step alone is a bar.
    const places = alone
      ? [toX(steps[0]!.step) - 12, toX(steps[0]!.step) + 12]
      : steps.map(({ step }) => toX(step));
    const valuesAt = (index: number) => steps[alone ? 0 : index]!.values;
    context.fillStyle = shown.colour;
    context.strokeStyle = shown.colour;
    for (const [low, high, opacity] of BANDS) {
      context.beginPath();
      places.forEach((x, index) => context.lineTo(x, toY(valuesAt(index)[high]!)));
      for (let index = places.length - 1; index >= 0; index--)
        context.lineTo(places[index]!, toY(valuesAt(index)[low]!));
      context.globalAlpha = opacity;
      context.fill();
    }
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.beginPath();
    places.forEach((x, index) => context.lineTo(x, toY(valuesAt(index)[MEDIAN]!)));
    context.stroke();
    return steps.length * 30;
  },
  tip({ x }, shown, size) {
    const steps = percentilesOfSteps(shown);
    if (steps.length === 0) return null;
    const wanted = valueAt(bandsArea(steps, shown.extent, size).x, x);
    const nearest = steps.reduce((best, each) =>
      Math.abs(each.step - wanted) < Math.abs(best.step - wanted) ? each : best,
    );
    const names = PERCENTILES.map((percent) =>
      percent === 0 ? "smallest" : percent === 50 ? "median" : percent === 100 ? "largest" : `${percent} %`,
    );
    const lines = nearest.values.map((value, index) => `${names[index]}: ${formatNumber(value)}`);
    return [`Step ${nearest.step}`, ...lines.reverse()];
  },
};

export function countText(histogram: Histogram): string {
  return plural(totalOf(histogram), "value");
}
