import { expect, test } from "vitest";
import { encodeLabel, encodePath, idOfName, idOfShown, outermost, readable, splitFileId } from "./ids";

test("a path is read back from its id", () => {
  expect(readable(encodePath("täglich/notes #1.md"))).toBe("täglich/notes #1.md");
});

test.each(["a/../b", "./a", "100%2F", "50%", "a//b", "täglich #1?", ".hidden", "...", "a\tb"])(
  "the label %j is found by its address",
  (label) => {
    const path = new URL(`http://host/api/${encodeLabel(label)}`).pathname.slice("/api/".length);
    expect(decodeURIComponent(path)).toBe(label);
  },
);

test("the id of a name is written as by the server", () => {
  expect(idOfName("run (2)*'!~ä")).toBe("run%20%282%29%2A%27%21~%C3%A4");
});

test("the id of a path that the server shows has the bytes that are not UTF-8", () => {
  expect(idOfShown("run/b\\xff\\x80.json")).toBe("run/b%FF%80.json");
  expect(idOfShown("run/täglich #1.md")).toBe("run/t%C3%A4glich%20%231.md");
  expect(idOfShown("run/a\\x41b\\xfe")).toBe("run/a%5Cx41b%FE");
});

test("a file is in the innermost experiment that holds it", () => {
  const among =
    (...known: string[]) =>
    (id: string) =>
      known.includes(id);
  expect(splitFileId("a/b/c/x.json", among("a", "a%2Fb"))).toEqual(["a%2Fb", "c/x.json"]);
  expect(splitFileId("a/b/c/x.json", among("a"))).toEqual(["a", "b/c/x.json"]);
  expect(splitFileId("a", among("a"))).toEqual(["a", ""]);
});

test("the id of an experiment in a folder is one part of an address", () => {
  expect(idOfName("mlruns/0/ab 12")).toBe("mlruns%2F0%2Fab%2012");
  expect(readable("mlruns%2F0%2Fab%2012")).toBe("mlruns/0/ab 12");
});

test("the first folder of an id is that of its root where there are several", () => {
  expect(["a%2Fb%2Fc", "a%20b", ""].map(outermost)).toEqual(["a", "a%20b", ""]);
});
