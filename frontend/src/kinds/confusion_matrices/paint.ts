/** A confusion matrix on a canvas. */
import type { Paint, Size } from "../../charts/drawing";
import type { Place } from "../../charts/marks";
import { placeOfShare, SEQUENTIAL, sequentialColour } from "../../charts/sequential";
import { exactNumber, formatNumber } from "../../lib/numbers";
import { columnSums, rowSums, type Normalisation } from "./confusion";

export interface Matrix {
  classes: readonly string[];
  counts: readonly (readonly number[])[];
  by: Normalisation;
  /** The counts as they are shown. */
  shown: readonly (readonly number[])[];
}

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const LINE_PX = 15;
const CHARACTER_PX = 6.4;
const GAP_PX = 8;
/** From the top: what stands there, "Predicted". */
const TITLE_PX = 20;
const MOST_NAME_PX = 140;
/** A cell smaller than this has no number. */
const LEAST_NUMBER_PX = { width: 40, height: 16 };
/** A place in the colours from which black can be read better than white. */
const LIGHT = 140;

export function heightFor(classes: number): number {
  return 60 + Math.min(560, Math.max(160, classes * 40));
}

interface Grid {
  left: number;
  top: number;
  cellWidth: number;
  cellHeight: number;
}

function gridOf({ classes }: Matrix, { width, height }: Size): Grid {
  const longest = Math.max(...classes.map((name) => name.length), 6);
  const left = Math.min(longest * CHARACTER_PX, MOST_NAME_PX, width / 3) + 2 * GAP_PX + LINE_PX;
  const top = TITLE_PX + LINE_PX + GAP_PX;
  return {
    left,
    top,
    cellWidth: (width - left - GAP_PX) / classes.length,
    cellHeight: (height - top - GAP_PX) / classes.length,
  };
}

export const paint: Paint<Matrix> = (context, matrix, size, colours) => {
  const { classes, shown, by } = matrix;
  const grid = gridOf(matrix, size);
  const { left, top, cellWidth, cellHeight } = grid;
  const most = by === "counts" ? Math.max(...shown.map((row) => Math.max(...row)), 0) || 1 : 1;
  const withNumbers = cellWidth >= LEAST_NUMBER_PX.width && cellHeight >= LEAST_NUMBER_PX.height;
  const gap = Math.min(cellWidth, cellHeight) > 8 ? 1 : 0;
  context.font = FONT;
  context.textBaseline = "middle";
  context.textAlign = "center";
  shown.forEach((row, actual) => {
    row.forEach((value, predicted) => {
      const [x, y] = [left + predicted * cellWidth, top + actual * cellHeight];
      const share = value / most;
      context.fillStyle = sequentialColour(share);
      context.fillRect(x, y, cellWidth - gap, cellHeight - gap);
      if (!withNumbers) return;
      context.fillStyle = isLight(share) ? "#000000" : "#ffffff";
      context.fillText(numberIn(value, by), x + cellWidth / 2, y + cellHeight / 2);
    });
  });
  paintNames(context, classes, grid, colours);
  return classes.length ** 2 * 3;
};

function isLight(share: number): boolean {
  const at = placeOfShare(share) * 3;
  const [red = 0, green = 0, blue = 0] = SEQUENTIAL.subarray(at, at + 3);
  return 0.3 * red + 0.59 * green + 0.11 * blue > LIGHT;
}

function numberIn(value: number, by: Normalisation): string {
  return by === "counts" ? formatNumber(value, 4) : (value * 100).toFixed(1);
}

function paintNames(
  context: CanvasRenderingContext2D,
  classes: readonly string[],
  { left, top, cellWidth, cellHeight }: Grid,
  colours: { text: string; muted: string },
): void {
  context.fillStyle = colours.text;
  context.textAlign = "right";
  const every = Math.max(1, Math.ceil(LINE_PX / cellHeight));
  const rows = Math.floor((left - 2 * GAP_PX - LINE_PX) / CHARACTER_PX);
  classes.forEach((name, index) => {
    if (index % every === 0)
      context.fillText(cut(name, rows), left - GAP_PX, top + (index + 0.5) * cellHeight);
  });
  context.textAlign = "center";
  const letters = Math.floor((cellWidth - GAP_PX / 2) / CHARACTER_PX);
  const beside = Math.max(1, Math.ceil(26 / cellWidth));
  classes.forEach((name, index) => {
    if (index % beside === 0)
      context.fillText(cut(name, letters * beside), left + (index + 0.5) * cellWidth, top - LINE_PX / 2 - 2);
  });
  context.fillStyle = colours.muted;
  context.fillText("Predicted", left + (classes.length * cellWidth) / 2, TITLE_PX / 2 + 2);
  context.save();
  context.translate(LINE_PX / 2 + 2, top + (classes.length * cellHeight) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText("Actual", 0, 0);
  context.restore();
}

function cut(name: string, letters: number): string {
  return name.length <= letters ? name : letters < 2 ? "" : `${name.slice(0, letters - 1)}…`;
}

export function tip({ x, y }: Place, matrix: Matrix, size: Size): string[] | null {
  const { classes, counts } = matrix;
  const { left, top, cellWidth, cellHeight } = gridOf(matrix, size);
  const [actual, predicted] = [Math.floor((y - top) / cellHeight), Math.floor((x - left) / cellWidth)];
  const count = counts[actual]?.[predicted];
  if (count === undefined) return null;
  const percent = (sum: number) => `${formatNumber(sum > 0 ? (count / sum) * 100 : 0, 3)} %`;
  return [
    `${classes[actual]} taken for ${classes[predicted]}: ${exactNumber(count)}`,
    `${percent(rowSums(counts)[actual]!)} of all ${classes[actual]}`,
    `${percent(columnSums(counts)[predicted]!)} of all taken for ${classes[predicted]}`,
  ];
}
