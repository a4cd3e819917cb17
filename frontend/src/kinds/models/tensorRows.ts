/** The tensors of a model as rows, beside those of another one if it is compared. */
import type { Tensor } from "../../api/messages";

export type Difference = "added" | "removed" | "changed" | "same";

export interface TensorRow {
  name: string;
  /** Of the model itself; null: only the other one has it. */
  tensor: Tensor | null;
  other: Tensor | null;
  /** null: nothing is compared. */
  difference: Difference | null;
}

/** In the order of the model's file; what only the other one has comes last. `others` null: nothing is compared. */
export function tensorRows(tensors: readonly Tensor[], others: readonly Tensor[] | null): TensorRow[] {
  const left = new Map((others ?? []).map((other) => [other.name, other]));
  const rows = tensors.map((tensor): TensorRow => {
    const other = left.get(tensor.name) ?? null;
    left.delete(tensor.name);
    return { name: tensor.name, tensor, other, difference: others && differenceOf(tensor, other) };
  });
  const removed = [...left.values()].map((other): TensorRow => ({
    name: other.name,
    tensor: null,
    other,
    difference: "removed",
  }));
  return [...rows, ...removed];
}

function differenceOf(tensor: Tensor, other: Tensor | null): Difference {
  if (other === null) return "added";
  const isSame = tensor.dtype === other.dtype && tensor.shape.join() === other.shape.join();
  return isSame ? "same" : "changed";
}

/** How many rows differ, in words: `1 added, 2 changed`. */
export function differencesText(rows: readonly TensorRow[]): string {
  const parts = (["added", "removed", "changed"] as const).flatMap((kind) => {
    const count = rows.filter(({ difference }) => difference === kind).length;
    return count > 0 ? [`${count.toLocaleString("en")} ${kind}`] : [];
  });
  return parts.join(", ") || "the same names, shapes and types";
}

export function shapeText(shape: readonly number[]): string {
  return shape.length > 0 ? shape.join(" × ") : "scalar";
}

export function numberCount({ shape }: Tensor): number {
  return shape.reduce((product, length) => product * length, 1);
}

const UNITS = ["", " K", " M", " B", " T"];

/** A count with three digits: `139`, `1.24 M`, `70.6 B`. */
export function countText(count: number): string {
  let unit = 0;
  while (count >= 999.5 && unit < UNITS.length - 1) {
    count /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(count) : count.toPrecision(3)}${UNITS[unit] ?? ""}`;
}

/** A model of the same experiment. `step` null: it belongs to none. */
export interface OtherModel {
  label: string;
  step: number | null;
}

/** As it stands in the address. */
export function otherKey({ label, step }: OtherModel): string {
  return `${step ?? ""} ${label}`;
}

/** null: it is no key. */
export function otherOf(key: string): OtherModel | null {
  const found = /^(\d*) (.+)$/su.exec(key);
  return found ? { label: found[2]!, step: found[1] === "" ? null : Number(found[1]) } : null;
}
