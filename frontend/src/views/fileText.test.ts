import { expect, test } from "vitest";
import { toText } from "./fileText";

const bytes = (text: string) => new TextEncoder().encode(text);

test("UTF-8 is a text, also where its last character is cut", () => {
  expect(toText(bytes("größe\n"))).toBe("größe\n");
  expect(toText(bytes("ende ö").subarray(0, -1))).toBe("ende ");
  expect(toText(bytes(""))).toBe("");
});

test("a text of another encoding stays readable", () => {
  const latin = new Uint8Array([...bytes("Die Gr"), 0xf6, 0xdf, ...bytes("e der Stapel")]);
  expect(toText(latin)).toBe("Die Gr\ufffd\ufffde der Stapel");
});

test("zeros and bytes that are no characters are no text", () => {
  expect(toText(new Uint8Array([0x50, 0x4b, 3, 4, 0]))).toBe(null);
  expect(toText(new Uint8Array(100).map((_, index) => 0x80 + (index % 64)))).toBe(null);
});
