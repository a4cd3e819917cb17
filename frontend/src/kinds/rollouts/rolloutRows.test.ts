import { expect, test } from "vitest";
import type { RolloutColumn, RolloutMessage, RolloutRow } from "../../api/messages";
import { answerText, columnsOf, nameOfRow, numberOf, rangeText } from "./rolloutRows";

const column = (name: string): RolloutColumn => ({ name, count: 1, least: 0, most: 1 });
const message = (role: string, content: string): RolloutMessage => ({
  role,
  content,
  reasoning: "",
  name: "",
  tool_calls: [],
});
const COLUMNS = [column("step"), column("reward"), column("length")];
const ROW: RolloutRow = {
  file: "f",
  offset: 0,
  numbers: [3, 0.5, null],
  group: "",
  role: "assistant",
  prompt: "p",
  answer: "a",
};

test("step and reward stand beside the prompt, other numbers behind the answer", () => {
  const keys = columnsOf(COLUMNS).map(({ key }) => key);
  expect(keys).toEqual(["prompt", "number:step", "number:reward", "answer", "number:length"]);
});

test("a row says its numbers by name", () => {
  expect(numberOf(ROW, COLUMNS, "reward")).toBe(0.5);
  expect(numberOf(ROW, COLUMNS, "length")).toBeNull();
  expect(numberOf(ROW, COLUMNS, "nothing")).toBeNull();
  expect(nameOfRow(ROW, COLUMNS)).toBe("step 3 · reward 0.5");
  expect(nameOfRow(ROW, [])).toBe("rollout");
});

test("an answer is what follows the prompt, of several messages with who says it", () => {
  const rollout = { numbers: {}, texts: {}, group: "", answer_from: 1 };
  const messages = [message("user", "2+2?"), message("assistant", "4")];
  expect(answerText({ ...rollout, messages })).toBe("4");
  const call = { ...message("assistant", ""), tool_calls: [{ name: "add", arguments: "2, 2", id: "" }] };
  const more = [message("user", "2+2?"), call, message("tool", "4")];
  expect(answerText({ ...rollout, messages: more })).toBe("assistant:\n→ add(2, 2)\n\ntool:\n4");
});

test("ranges are said in words", () => {
  expect(rangeText({ name: "reward", least: 0.5, most: null })).toBe("reward ≥ 0.5");
  expect(rangeText({ name: "reward", least: null, most: 1 })).toBe("reward ≤ 1");
  expect(rangeText({ name: "reward", least: 0, most: 1 })).toBe("0 ≤ reward ≤ 1");
  expect(rangeText({ name: "step", least: 3, most: 3 })).toBe("step = 3");
});
