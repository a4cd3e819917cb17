/**
 * `{@attach hearsKeys(() => place)}` on the frame of an item: where a script asked for it, a click into it gives it the
 * focus, and keys go to the script instead of the page's shortcuts. Tab leaves it, as everything.
 */
import type { Attachment } from "svelte/attachments";
import { hearingOf, tellGesture, type Target } from "../state/gestures.svelte";

/** What makes something of keys by itself; but for what is only clicked on for the script (`data-gesture`). */
const CONTROLS = ["input", "select", "textarea", "button", "a", "summary", "[contenteditable]"]
  .map((name) => `${name}:not([data-gesture])`)
  .join(", ");

export function hearsKeys(target: () => Target): Attachment<HTMLElement> {
  return (element) => {
    const isHeard = hearingOf(target()) === "yes";
    element.toggleAttribute("data-hears", isHeard);
    if (!isHeard) {
      element.removeAttribute("tabindex");
      return;
    }
    element.tabIndex = 0;
    const stop = new AbortController();
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.key === "Tab") return;
      if (event.target instanceof Element && event.target.closest(CONTROLS)) return;
      event.preventDefault();
      // Of a key that is held down, Visdom's scripts hear once.
      if (!event.repeat) tellGesture(target(), { type: "key", value: event.key, code: codeOf(event) });
    };
    element.addEventListener("keydown", press, { signal: stop.signal });
    // A click into a frame takes the focus there, and its keys with it: the window only says that it lost it.
    addEventListener("blur", () => setTimeout(() => takeBack(element)), { signal: stop.signal });
    return () => stop.abort();
  };
}

/** The number that scripts for Visdom ask for. */
function codeOf(event: KeyboardEvent): number {
  return event.keyCode;
}

function takeBack(element: HTMLElement): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLIFrameElement && element.contains(focused)) {
    element.focus({ preventScroll: true });
  }
}
