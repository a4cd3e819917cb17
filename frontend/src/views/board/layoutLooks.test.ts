import { expect, test } from "vitest";
import type { BoardPanel } from "../../api/messages";
import { inLook, looksOf } from "./layoutLooks";

const NONE = { scopes: "", names: [], axes: "" };
const chart: BoardPanel = { type: "chart", index: 0, labels: ["a"], filter: "lr=1", log_y: true };

test("an address that says nothing leaves panels as they are", () => {
  const looks = looksOf(NONE, 2);
  expect((looks as unknown[]).length).toBe(2);
  expect(inLook(chart, (looks as never[])[1]!)).toEqual(chart);
});

test("scopes are experiments, names labels of each panel, axes what is logarithmic", () => {
  const words = { scopes: 'run"2.*', names: ["loss$", "acc"], axes: "xlog,lin" };
  const [first, second] = looksOf(words, 2) as Exclude<ReturnType<typeof looksOf>, string>;
  const shown = inLook(chart, first!);
  expect(shown).toMatchObject({ labels: [], filter: '(lr=1) (name~"run\\"2.*")', log_x: true, log_y: false });
  const matches = (label: string) => new RegExp(shown.pattern!, "u").test(label);
  expect(["loss", "train/loss", "loss/3/y", "loss/3", "losses", "loss.x"].filter(matches)).toEqual([
    ...["loss", "train/loss", "loss/3/y", "loss/3"],
  ]);
  expect(inLook(chart, second!)).toMatchObject({ log_x: false, log_y: false });
  expect(inLook({ type: "text", index: 0, text: "a" }, first!)).not.toHaveProperty("pattern");
});

test.each([
  [{ axes: "lin" }, "axes=lin: 1 for 2; there is one for each panel."],
  [{ axes: "lin,loglog" }, "axes: loglog is none of lin, xlog, ylog, xylog."],
  [{ names: ["a"] }, "names: 1 for 2; there is one for each panel, in their order."],
  [{ scopes: "(" }, "scopes=(: Unterminated group"],
])("what is wrong is said: %j", (words, said) => {
  expect(looksOf({ ...NONE, ...words }, 2)).toBe(said);
});
