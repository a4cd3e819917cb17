import { expect, test } from "vitest";
import { markMatches, toSearch } from "./matches";

const search = (text: string, regex = false) => toSearch({ text, regex, negate: false });

test("without capital letters case does not count", () => {
  expect(search("nan")).toMatchObject({ text: "(?i)nan", regex: true, pattern: /nan/giu });
  expect(search("NaN")).toMatchObject({ text: "NaN", regex: false, pattern: /NaN/gu });
  expect(search("loss: \\d", true)).toMatchObject({
    text: "(?i)loss: \\d",
    regex: true,
    pattern: /loss: \d/giu,
  });
});

test("a text is taken as it stands", () => {
  const found = search("[1/3] (a-b) 5.0?");
  expect(found?.text).toBe("(?i)\\[1/3\\] \\(a\\-b\\) 5\\.0\\?");
  expect(found?.pattern?.test("x [1/3] (A-b) 5.0? y")).toBe(true);
});

test("nothing is searched for without a text", () => {
  expect(search("")).toBe(null);
});

test("a class such as \\S does not make case count", () => {
  expect(search("\\S+ loss", true)).toMatchObject({ text: "(?i)\\S+ loss", pattern: /\S+ loss/giu });
});

test("matches are marked, empty ones are not", () => {
  expect(markMatches("a loss, a loss", /loss/gu)).toEqual([
    { text: "a ", marked: false },
    { text: "loss", marked: true },
    { text: ", a ", marked: false },
    { text: "loss", marked: true },
  ]);
  expect(markMatches("abc", /x*/gu)).toEqual([{ text: "abc", marked: false }]);
});
