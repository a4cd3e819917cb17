import { expect, test } from "vitest";
import { encodePath, idOfName, idOfShown, readable } from "./ids";

test("a path is read back from its id", () => {
  expect(readable(encodePath("täglich/notes #1.md"))).toBe("täglich/notes #1.md");
});

test("the id of a name is written as by the server", () => {
  expect(idOfName("run (2)*'!~ä")).toBe("run%20%282%29%2A%27%21~%C3%A4");
});

test("the id of a path that the server shows has the bytes that are not UTF-8", () => {
  expect(idOfShown("run/b\\xff\\x80.json")).toBe("run/b%FF%80.json");
  expect(idOfShown("run/täglich #1.md")).toBe("run/t%C3%A4glich%20%231.md");
  expect(idOfShown("run/a\\x41b\\xfe")).toBe("run/a%5Cx41b%FE");
});
