import { expect, test } from "vitest";
import { KIND_PANELS } from "./panels";
import { KINDS } from "./registry";

test("boards show every kind; scalars have panels of their own", () => {
  const shown = [...Object.keys(KIND_PANELS), "scalars"];
  expect(shown.sort()).toEqual(KINDS.map(({ kind }) => kind).sort());
});
