import { expect, test } from "vitest";
import { placeIn, suggest } from "./tagSuggestions";

const known = ["good", "not-good", "baseline", "Good-2"].map((tag, count) => ({ tag, count }));
const tags = (typed: string, present: string[] = []) => suggest(known, present, typed).map(({ tag }) => tag);

test("what begins as typed comes first, and what is there already is not offered", () => {
  expect(tags("goo")).toEqual(["good", "Good-2", "not-good"]);
  expect(tags(" GOO ", ["good"])).toEqual(["Good-2", "not-good"]);
  expect(tags("")).toEqual(["good", "not-good", "baseline", "Good-2"]);
  expect(tags("x")).toEqual([]);
});

test("arrows walk through the list and the field above it, round and round", () => {
  expect(placeIn(2, -1, "ArrowDown")).toBe(0);
  expect(placeIn(2, 1, "ArrowDown")).toBe(-1);
  expect(placeIn(2, -1, "ArrowUp")).toBe(1);
  expect(placeIn(0, -1, "ArrowDown")).toBe(-1);
  expect(placeIn(2, 0, "a")).toBeNull();
});
