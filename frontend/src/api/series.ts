/** The binary form of series (docs/protocol.md, "Series, binary form"): columns of numbers, packed so that they compress well. */
import type { PackedColumn, Problem, SeriesAnswerHead, SeriesHead } from "./messages";

export interface SeriesColumns {
  head: SeriesHead;
  steps: Float64Array;
  /** Unix seconds */
  wallTimes: Float64Array;
  values: Float64Array;
  /** null if no smoothing was asked for */
  smoothed: Float64Array | null;
  /** If another label's values are the x axis; x may go back. */
  x?: Float64Array;
}

export interface SeriesAnswer {
  epoch: string;
  sequence: number;
  series: SeriesColumns[];
  problems: Problem[];
}

/** `hasX`: whether another label was asked for as the x axis. */
export function decodeSeries(buffer: ArrayBuffer, hasX = false): SeriesAnswer {
  const headLength = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, headLength));
  const head = JSON.parse(text) as SeriesAnswerHead;
  const total = head.series.reduce((sum, { sent }) => sum + sent, 0);
  const bytes = new Uint8Array(buffer, 4 + headLength);
  if (bytes.length !== head.columns.reduce((sum, form) => sum + form.bytes * total, 0))
    throw new Error("the answer with the series is cut short");
  let offset = 0;
  const columns: Float64Array[] = [];
  for (const form of head.columns) {
    const planes = bytes.subarray(offset, (offset += form.bytes * total));
    columns.push(form.scale === 0 ? doubles(planes, total) : wholes(planes, total, form, head, columns[0]));
  }
  const x = hasX ? columns.pop() : undefined;
  const [steps, wallTimes, values, smoothed] = columns;
  let begin = 0;
  const series = head.series.map((each) => {
    const [from, to] = [begin, (begin += each.sent)];
    return {
      head: each,
      // Columns of their own: what is kept of one series keeps no others.
      steps: steps!.slice(from, to),
      wallTimes: wallTimes!.slice(from, to),
      values: values!.slice(from, to),
      smoothed: smoothed ? smoothed.slice(from, to) : null,
      ...(x ? { x: x.slice(from, to) } : {}),
    };
  });
  return { epoch: head.epoch, sequence: head.sequence, series, problems: head.problems };
}

/** Doubles of which all first bytes come first, then all second ones. */
function doubles(planes: Uint8Array, total: number): Float64Array {
  const bytes = new Uint8Array(8 * total);
  for (let plane = 0; plane < 8; plane++) {
    const from = plane * total;
    for (let index = 0, to = plane; index < total; index++, to += 8) bytes[to] = planes[from + index]!;
  }
  return new Float64Array(bytes.buffer);
}

/** Whole numbers of which differences were sent, divided by the column's scale. */
function wholes(
  planes: Uint8Array,
  total: number,
  { bytes, scale, firsts, slopes }: PackedColumn,
  { series }: SeriesAnswerHead,
  steps: Float64Array | undefined,
): Float64Array {
  const numbers = new Float64Array(total);
  let factor = 1;
  for (let plane = 0; plane < bytes; plane++, factor *= 256) {
    const from = plane * total;
    for (let index = 0; index < total; index++) numbers[index]! += planes[from + index]! * factor;
  }
  let begin = 0;
  series.forEach(({ sent }, place) => {
    let whole = firsts[place]!;
    const slope = slopes[place] ?? 0;
    const firstStep = slope === 0 ? 0 : steps![begin]!;
    for (let index = begin; index < begin + sent; index++) {
      const folded = numbers[index]!;
      whole += folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      const expected = slope === 0 ? 0 : Math.floor(slope * (steps![index]! - firstStep) + 0.5);
      numbers[index] = (whole + expected) / scale;
    }
    begin += sent;
  });
  return numbers;
}
