/** What the axes of a chart show: what somebody has zoomed into, else what is there. */
import { showable, xRangeOf, yRangeOf } from "./lineRanges";
import type { Line, Scale } from "./lines";
import type { Ends, PlotContent } from "./plot";
import type { Range } from "./ranges";

/** What the axes show; null: there is no y axis at the right. */
export interface Ranges {
  x: Range;
  y: Range;
  right: Range | null;
}

export interface Scales {
  x: Scale;
  y: Scale;
  right?: Scale | null;
}

export function rangesOf({ lines, axes, zoom, withoutOutliers }: PlotContent): Ranges {
  const zoomedX = showable(zoom?.x, axes.xLog);
  const zoomedY = showable(zoom?.y, axes.yLog);
  const rangeOf = (some: readonly Line[]) => yRangeOf(some, zoomedX, { log: axes.yLog, withoutOutliers });
  const x = zoomedX ?? withEnds(xRangeOf(lines, axes.xLog), axes.xEnds, axes.xLog);
  const onRight = lines.filter(({ axis }) => axis === "right");
  const leftOf = (some: readonly Line[]) => withEnds(rangeOf(some), axes.yEnds, axes.yLog);
  if (onRight.length === 0) return { x, y: zoomedY ?? leftOf(lines), right: null };
  const y = leftOf(lines.filter(({ axis }) => axis !== "right"));
  const right = rangeOf(onRight);
  return zoomedY ? { x, y: zoomedY, right: samePart(y, zoomedY, right, axes.yLog) } : { x, y, right };
}

/** Ends that would leave nothing between them, or that are not on a logarithmic axis, do not count. */
function withEnds(range: Range, ends: Ends | null | undefined, log: boolean): Range {
  if (!ends) return range;
  const [low, high] = ends.map((end, index) => (end === null || (log && end <= 0) ? range[index]! : end));
  return low! < high! ? [low!, high!] : range;
}

/** Who zooms at the left axis zooms the right one alike: of `other` the part that `part` is of `whole`. */
function samePart(whole: Range, part: Range, other: Range, log: boolean): Range {
  const place = (value: number) => (log ? Math.log10(value) : value);
  const [low, high] = [place(whole[0]), place(whole[1])];
  const at = (value: number) => {
    const share = (place(value) - low) / (high - low);
    return log ? other[0] * (other[1] / other[0]) ** share : other[0] + (other[1] - other[0]) * share;
  };
  return [at(part[0]), at(part[1])];
}
