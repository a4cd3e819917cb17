/** What the server says of a setting or a result, as it stands on an axis. */
import { toNumber } from "../../lib/numbers";
import type { Cell } from "../../lib/cells";
import type { AnsweredCell } from "../table/tableValues.svelte";

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/iu;
const NOT_FINITE = new Set(["nan", "inf", "-inf"]);

/** Text that is a number is one, as in the filter; a setting without a value (null) is none. */
export function readSettingCell(answered: AnsweredCell): Cell {
  if (answered === null || answered === "null") return null;
  if (Array.isArray(answered)) return answered.join(", ");
  if (typeof answered !== "string") return answered;
  if (NOT_FINITE.has(answered)) return toNumber(answered);
  return NUMBER.test(answered) ? Number(answered) : answered;
}
