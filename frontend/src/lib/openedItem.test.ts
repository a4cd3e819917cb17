import { expect, test } from "vitest";
import { decodeOpened, encodeOpened } from "./openedItem";

test.each([
  { experiment: "a%2Fb", label: "folder/name with spaces", global: false },
  { experiment: "run", label: "step/global/x", global: true },
])("an item is found again by its word: %j", (item) => {
  expect(decodeOpened(encodeOpened(item))).toEqual(item);
});

test.each(["", "run", "run/step/", "run/other/label"])("%j names no item", (word) => {
  expect(decodeOpened(word)).toBe(null);
});
