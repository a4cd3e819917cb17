/** The area around a line, between the lower and upper edge of its band: the same on the page and in a saved picture. */
import { projection, within, type Line, type Pen, type Scale } from "./lines";

/** How strongly a band is filled: so that what lies below is seen, the more there are the less. */
export function bandOpacityOf(bands: number): number {
  return bands <= 2 ? 0.2 : bands <= 5 ? 0.15 : 0.11;
}

/**
 * Draws the outline of each stretch that has a band: along its upper edge, and back along the lower one. What a
 * logarithmic axis cannot show of it ends at the axis' lower end.
 */
export function traceBand(line: Line, xScale: Scale, yScale: Scale, pen: Pen): void {
  const { band, x, origin } = line;
  if (!band) return;
  const toX = projection(xScale);
  const toY = projection(yScale);
  const height = (value: number) => {
    const y = toY(value);
    return Number.isNaN(y) ? yScale.from : Math.min(Math.max(y, -FAR), FAR);
  };
  const xOf = (index: number) => toX(x[index]! - origin);
  const isThere = (index: number) =>
    Number.isFinite(band.low[index]!) && Number.isFinite(band.high[index]!) && Number.isFinite(xOf(index));
  const [begin, end] = within(line, 0, line.length, xScale.range);
  for (let from = begin; from < end; from++) {
    if (!isThere(from)) continue;
    let to = from;
    while (to + 1 < end && isThere(to + 1)) to++;
    pen.moveTo(xOf(from), height(band.high[from]!));
    for (let index = from + 1; index <= to; index++) pen.lineTo(xOf(index), height(band.high[index]!));
    for (let index = to; index >= from; index--) pen.lineTo(xOf(index), height(band.low[index]!));
    from = to;
  }
}

/** Positions are kept within this: drawing libraries compute with 32-bit floats. */
const FAR = 1e6;
