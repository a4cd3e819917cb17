import { expect, test } from "vitest";
import { decodePicture, encodePicture } from "./pictureAddress";

test("every kind of address comes back as it was", () => {
  for (const step of [0, 12_000, null, "latest"] as const) {
    const address = { experiment: "a%20b", label: "street/some picture", step };
    expect(decodePicture(encodePicture(address))).toEqual(address);
  }
});

test("what somebody else may have written into the address is no picture", () => {
  for (const word of ["", "a", "a/1", "a/1/", "a/first/b", "/1/b"])
    expect(decodePicture(word)).toBeUndefined();
});
