/** Two axes of an array as a heat map. */
import { areaOf, paintAxes, type Area, type Paint, type Size } from "../../charts/drawing";
import { valueAt } from "../../charts/lines";
import type { Place } from "../../charts/marks";
import { placeOfShare, SEQUENTIAL } from "../../charts/sequential";
import { formatNumber } from "../../lib/numbers";
import { finiteRange } from "./arrayViews";

export interface Grid {
  /** The places in the array that are shown, growing. */
  rows: readonly number[];
  columns: readonly number[];
  /** Row after row. */
  values: readonly number[];
}

/** What is no finite number, so that it is not taken for a small or a large one. */
const NOT_FINITE = [214, 60, 90] as const;

export function areaOfGrid({ rows, columns }: Grid, size: Size): Area {
  const [row, column] = [rows, columns].map((places): [number, number] => [
    places[0] ?? 0,
    (places.at(-1) ?? 0) + 1,
  ]);
  return areaOf(size, { x: column!, y: row!, down: true });
}

export const paint: Paint<Grid> = (context, grid, size, colours) => {
  const { rows, columns, values } = grid;
  const area = areaOfGrid(grid, size);
  if (rows.length > 0 && columns.length > 0) {
    context.imageSmoothingEnabled = false;
    const { x, y } = area;
    context.drawImage(pictureOf(grid), x.from, y.from, x.to - x.from, y.to - y.from);
  }
  paintAxes(context, area, colours, { ontop: true, cells: true });
  return values.length / 4;
};

/** One pixel a value. */
function pictureOf({ rows, columns, values }: Grid): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = columns.length;
  canvas.height = rows.length;
  const image = new ImageData(columns.length, rows.length);
  const [low, high] = finiteRange(values) ?? [0, 1];
  values.forEach((value, index) => {
    const at = placeOfShare(high > low ? (value - low) / (high - low) : 0.5) * 3;
    const colour = Number.isFinite(value) ? SEQUENTIAL.subarray(at, at + 3) : NOT_FINITE;
    image.data.set(colour, index * 4);
    image.data[index * 4 + 3] = 255;
  });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

export function tip(place: Place, grid: Grid, size: Size): string[] | null {
  const { x, y } = areaOfGrid(grid, size);
  const row = placeAt(grid.rows, valueAt(y, place.y));
  const column = placeAt(grid.columns, valueAt(x, place.x));
  const value = grid.values[row * grid.columns.length + column];
  if (row < 0 || column < 0 || value === undefined) return null;
  return [`[${grid.rows[row]}, ${grid.columns[column]}]`, formatNumber(value, 7)];
}

/** Which of the places is drawn there; they stand evenly between the first and the last. */
function placeAt(places: readonly number[], at: number): number {
  const [first, end] = [places[0] ?? 0, (places.at(-1) ?? -1) + 1];
  if (!(at >= first && at < end)) return -1;
  return Math.min(places.length - 1, Math.floor(((at - first) / (end - first)) * places.length));
}
