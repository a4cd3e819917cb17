import { expect, test } from "vitest";
import type { PageRoot } from "../api/messages";
import { editing, setEditing } from "./editing.svelte";

const rootOf = (name: string, unwritable = ""): PageRoot => ({
  name,
  id: encodeURIComponent(name),
  path: `/${name}`,
  home: name,
  is_run: false,
  unwritable,
});

test("of roots that cannot be written only their own controls are hidden", () => {
  setEditing({ allowed: true, user: "", reason: "" }, [rootOf("a"), rootOf("b c", "read-only")]);
  expect(editing.allowed).toBe(true);
  expect(["a%2Fone", "a", "b%20c%2Fone", "b%20c"].map((id) => editing.allows(id))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([editing.whyNot("b%20c%2Fone"), editing.whyNot("a%2Fone")]).toEqual(["read-only", ""]);
  expect([editing.allowsKey("a/0123"), editing.allowsKey("b%20c/0123"), editing.allowsKey("0123")]).toEqual([
    true,
    false,
    true,
  ]);
});

test("who may change nothing may not in any root", () => {
  setEditing({ allowed: false, user: "", reason: "You may read." }, [rootOf("a")]);
  expect([editing.allows("a%2Fone"), editing.whyNot("a%2Fone")]).toEqual([false, "You may read."]);
});
