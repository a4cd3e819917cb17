/** The binary form of aggregates (docs/protocol.md, "Aggregates, binary form"): columns without copies. */
import type { AggregateHead, AggregatesHead, Problem } from "./messages";

/** One line. NaN where there is no band, and where no experiment has a value. */
export interface AggregateColumns {
  head: AggregateHead;
  x: Float64Array;
  average: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Experiments */
  n: Float64Array;
}

export interface AggregatesAnswer {
  epoch: string;
  sequence: number;
  aggregates: AggregateColumns[];
  problems: Problem[];
}

const COLUMNS = 5;

export function decodeAggregates(buffer: ArrayBuffer): AggregatesAnswer {
  const headLength = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, headLength));
  const { epoch, sequence, aggregates, problems } = JSON.parse(text) as AggregatesHead;
  const numbers = aggregates.reduce((sum, { sent }) => sum + COLUMNS * sent, 0);
  if (buffer.byteLength !== 4 + headLength + 8 * numbers)
    throw new Error("the answer with the aggregates is cut short");
  let offset = 4 + headLength;
  const column = (length: number) => {
    const values = new Float64Array(buffer, offset, length);
    offset += 8 * length;
    return values;
  };
  const lines = aggregates.map((head) => ({
    head,
    x: column(head.sent),
    average: column(head.sent),
    low: column(head.sent),
    high: column(head.sent),
    n: column(head.sent),
  }));
  return { epoch, sequence, aggregates: lines, problems };
}
