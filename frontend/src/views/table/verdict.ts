/** "Is A better than B", answered in words. */
import type { GroupComparison } from "../../api/messages";
import type { Goal } from "../../lib/labelDefinitions";
import { formatNumber } from "../../lib/numbers";

export interface Verdict {
  tone: "better" | "even" | "unknown";
  /** The answer in one sentence. */
  answer: string;
  /** What it rests on. */
  reasons: string[];
}

/** @param what the column, as in its head: "val/loss last" */
export function verdictOf(
  comparison: GroupComparison,
  a: string,
  b: string,
  what: string,
  goal: Goal,
): Verdict {
  const counts = `n = ${comparison.a?.n ?? 0} and ${comparison.b?.n ?? 0}`;
  const means = [meanOf(a, comparison.a), meanOf(b, comparison.b)].filter((text) => text !== "");
  const { difference, low, high } = comparison;
  if (difference === null || low === null || high === null) {
    const answer = `There are too few values of ${what} to tell: two in each group are needed.`;
    return { tone: "unknown", answer, reasons: [...means, counts] };
  }
  const reasons = [
    `Difference ${signed(difference)}, 95 % interval ${signed(low)} to ${signed(high)} (Welch), ${counts}`,
    ...means,
  ];
  if (low <= 0 && high >= 0) {
    const answer = `No difference beyond noise in ${what}: the 95 % interval of the difference includes 0.`;
    return { tone: "even", answer, reasons };
  }
  const side = difference < 0 ? "lower" : "higher";
  const by = formatNumber(Math.abs(difference), 3);
  if (goal === "")
    return { tone: "even", answer: `${a} has a ${side} ${what} than ${b}, by ${by}.`, reasons };
  const aWins = difference < 0 === (goal === "min");
  const [winner, loser] = aWins ? [a, b] : [b, a];
  const way = goal === "min" ? "lower" : "higher";
  return {
    tone: "better",
    answer: `${winner} is better than ${loser}: ${what} is ${way} by ${by}.`,
    reasons,
  };
}

function meanOf(name: string, spread: GroupComparison["a"]): string {
  if (!spread) return "";
  const deviation = spread.deviation === null ? "" : ` ± ${formatNumber(spread.deviation, 3)}`;
  return `${name}: mean ${formatNumber(spread.mean)}${deviation}`;
}

function signed(value: number): string {
  return (value > 0 ? "+" : "") + formatNumber(value, 4);
}
