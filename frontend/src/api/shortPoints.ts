/** The short form of new points (docs/protocol.md, "Points in few bytes"). Numbers of series hold for one connection. */
import type { NewPoints, PointsAdded } from "./messages";

type Series = Pick<NewPoints, "label" | "identity"> & { experiment: string; writer: string };

const FORM = 1;

export class ShortPoints {
  readonly #series = new Map<number, Series>();

  /** What a message in JSON tells of numbers. */
  learn({ experiment, series }: PointsAdded): void {
    for (const { label, identity, writer = "", number } of series) {
      if (number) this.#series.set(number, { experiment, label, identity, writer });
    }
  }

  /** A message in the short form; an error if it is not one, or tells of a series that is not known. */
  read(buffer: ArrayBuffer): PointsAdded {
    const view = new DataView(buffer);
    let offset = 0;
    const whole = () => {
      let value = 0;
      // Not by shifting: numbers are longer than 32 bits.
      for (let factor = 1; ; factor *= 128) {
        const byte = view.getUint8(offset++);
        value += (byte % 128) * factor;
        if (byte < 128) return value;
      }
    };
    const double = () => view.getFloat64((offset += 8) - 8, true);
    if (whole() !== FORM) throw new Error("points in a form that this page does not know");
    const sequence = whole();
    const moments = Array.from({ length: whole() }, () => ({ step: whole(), time: double() }));
    let experiment = "";
    const series = Array.from({ length: whole() }, () => {
      const known = this.#series.get(whole());
      if (!known) throw new Error("points of a series that was not told");
      experiment = known.experiment;
      const first = whole();
      const from = whole();
      const values = Array.from({ length: whole() }, double);
      const at = moments.slice(from, from + values.length);
      const { label, identity, writer } = known;
      const points: NewPoints = {
        label,
        identity,
        first,
        steps: at.map(({ step }) => step),
        times: [],
        values,
      };
      points.times = at.map(({ time }) => time);
      return writer ? { ...points, writer } : points;
    });
    return { type: "points", sequence, experiment, series };
  }
}
