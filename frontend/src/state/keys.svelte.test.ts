import { flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import { allShortcuts, useKeys } from "./keys.svelte";

const press = (key: string, target: Element = document.body, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

test("keys with Ctrl or ⌘ are known by a name of their own, and a field of text keeps them", () => {
  const [undo, plain] = [vi.fn(), vi.fn()];
  const end = useKeys("Changes", [
    { key: "Mod+z", does: "Undo", run: undo },
    { key: "z", does: "Zoom", run: plain },
  ]);
  const [field, box] = [document.createElement("textarea"), document.createElement("input")];
  box.type = "checkbox";
  document.body.append(field, box);
  press("z", field, { ctrlKey: true });
  expect(undo).not.toHaveBeenCalled();
  press("z", box, { ctrlKey: true });
  press("z", document.body, { metaKey: true });
  press("z", document.body, { metaKey: true, shiftKey: true });
  expect(undo).toHaveBeenCalledTimes(2);
  expect(plain).not.toHaveBeenCalled();
  end();
});

test("what comes while another goes in the same moment stays", () => {
  let isOpen = $state(false);
  let count = $state(0);
  const end = $effect.root(() => {
    $effect(() => (isOpen ? useKeys("Opened", []) : undefined));
    $effect(() => {
      void count;
      return useKeys("Made anew", []);
    });
  });
  flushSync();
  isOpen = true;
  count++;
  flushSync();
  expect(allShortcuts().map(({ title }) => title)).toEqual(["Opened", "Made anew"]);
  end();
});
