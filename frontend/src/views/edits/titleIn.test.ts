import { expect, test } from "vitest";
import { titleIn } from "./titleIn";

test.each([
  ["", ""],
  ["{}", ""],
  ['{"title": "Best", "starred": true}', "Best"],
  ['{"title": 3}', null],
  ["experiments:\n  a: {title: Best}", null],
  ["null", null],
])("of %j it is %j", (text, title) => {
  expect(titleIn(text)).toBe(title);
});
