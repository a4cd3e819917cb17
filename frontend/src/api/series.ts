/** The binary form of series (docs/protocol.md, "Series, binary form"): columns without copies. */
import type { Problem, SeriesAnswerHead, SeriesHead } from "./messages";

export const SERIES_TYPE = "application/vnd.lavdlike.series";

export interface SeriesColumns {
  head: SeriesHead;
  steps: Float64Array;
  /** Unix seconds */
  wallTimes: Float64Array;
  values: Float64Array;
  /** null if no smoothing was asked for */
  smoothed: Float64Array | null;
}

export interface SeriesAnswer {
  epoch: string;
  sequence: number;
  series: SeriesColumns[];
  problems: Problem[];
}

export function decodeSeries(buffer: ArrayBuffer): SeriesAnswer {
  const headLength = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, headLength));
  const head = JSON.parse(text) as SeriesAnswerHead;
  const points = head.series.reduce((sum, { sent }) => sum + sent, 0);
  const columns = points === 0 ? 0 : (buffer.byteLength - 4 - headLength) / 8 / points;
  if (points > 0 && columns !== 3 && columns !== 4)
    throw new Error("the answer with the series is cut short");
  let offset = 4 + headLength;
  const column = (length: number) => {
    const values = new Float64Array(buffer, offset, length);
    offset += 8 * length;
    return values;
  };
  const series = head.series.map((each) => ({
    head: each,
    steps: column(each.sent),
    wallTimes: column(each.sent),
    values: column(each.sent),
    smoothed: columns === 4 ? column(each.sent) : null,
  }));
  return { epoch: head.epoch, sequence: head.sequence, series, problems: head.problems };
}
