/** What is said of rollouts: their names, their columns, and what of two of them is compared. */
import type { NumberRange, Rollout, RolloutColumn, RolloutRow } from "../../api/messages";
import type { TableColumn } from "../../components/columns";
import { formatNumber } from "../../lib/numbers";

/** Keys of columns of numbers begin so. */
export const NUMBER = "number:";
const STEP = "step";
const REWARD = "reward";
const CHARACTER_PX = 8;

/** Step and reward stand beside the prompt, other numbers behind the answer. */
export function columnsOf(columns: readonly RolloutColumn[]): TableColumn[] {
  const isFirst = ({ name }: RolloutColumn) => name === STEP || name === REWARD;
  return [
    { key: "prompt", title: "Prompt", width: 280, unsorted: true },
    ...columns.filter(isFirst).map(numberColumn),
    { key: "answer", title: "Answer", width: 380, unsorted: true },
    ...columns.filter((column) => !isFirst(column)).map(numberColumn),
  ];
}

function numberColumn({ name }: RolloutColumn): TableColumn {
  const width = Math.min(200, Math.max(96, name.length * CHARACTER_PX + 34));
  return { key: NUMBER + name, title: name, width, numeric: true };
}

export function numberOf(
  row: RolloutRow,
  columns: readonly RolloutColumn[],
  name: string,
): number | string | null {
  const place = columns.findIndex((column) => column.name === name);
  return place < 0 ? null : (row.numbers[place] ?? null);
}

/** In a few words: `step 3 · reward 0.5`. */
export function nameOf(numbers: Readonly<Record<string, number | string | null>>): string {
  const said = [STEP, REWARD].flatMap((name) => {
    const value = numbers[name];
    return value === null || value === undefined ? [] : [`${name} ${formatNumber(value)}`];
  });
  return said.join(" · ") || "rollout";
}

export function nameOfRow(row: RolloutRow, columns: readonly RolloutColumn[]): string {
  return nameOf({ step: numberOf(row, columns, STEP), reward: numberOf(row, columns, REWARD) });
}

/** All that the model and its tools said, as one text. */
export function answerText({ messages, answer_from }: Rollout): string {
  const answer = messages.slice(answer_from);
  const [only] = answer;
  if (only && answer.length === 1 && only.tool_calls.length === 0) return only.content;
  return answer
    .map(({ role, content, tool_calls }) => {
      const calls = tool_calls.map(({ name, arguments: given }) => `→ ${name}(${given})`);
      return [`${role}:`, ...(content ? [content] : []), ...calls].join("\n");
    })
    .join("\n\n");
}

/** A range in words: `reward ≥ 0.5`. */
export function rangeText({ name, least, most }: NumberRange): string {
  if (least !== null && most !== null) {
    return least === most
      ? `${name} = ${formatNumber(least)}`
      : `${formatNumber(least)} ≤ ${name} ≤ ${formatNumber(most)}`;
  }
  return least !== null ? `${name} ≥ ${formatNumber(least)}` : `${name} ≤ ${formatNumber(most)}`;
}
