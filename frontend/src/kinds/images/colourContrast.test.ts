import { expect, test } from "vitest";
import { inkOn } from "./colourContrast";

test("writing is dark on bright colours and light on dark ones", () => {
  for (const bright of ["#ffffff", "#ffff00", "#8fd0f5", "#f0803c"]) expect(inkOn(bright)).toBe("#000000");
  for (const dark of ["#000000", "#0000ff", "#882255", "#4b45b8"]) expect(inkOn(dark)).toBe("#ffffff");
});
