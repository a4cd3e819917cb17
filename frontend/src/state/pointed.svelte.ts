/**
 * Which experiments somebody points at, anywhere on the page: their lines stand out in all charts. What speaks of an
 * experiment says so with `{@attach pointing(id)}`.
 */
import type { Attachment } from "svelte/attachments";

const NONE: readonly string[] = [];

let ids = $state.raw(NONE);
const among = $derived(new Set(ids));

export const pointed = {
  /** The one that is pointed at; null: none, or several at once. */
  get experiment(): string | null {
    return ids.length === 1 ? ids[0]! : null;
  },

  /** Several where a group or an entry of a legend is pointed at. */
  get experiments(): ReadonlySet<string> {
    return among;
  },
};

/** null: at none any more. */
export function point(at: string | readonly string[] | null): void {
  ids = at === null ? NONE : typeof at === "string" ? [at] : at;
}

/** An element that speaks of this experiment, or of these: it is pointed at by pointer and by keyboard. */
export function pointing(at: string | readonly string[]): Attachment<HTMLElement> {
  return (element) => {
    let own: readonly string[] | null = null;
    const enter = () => {
      point(at);
      own = ids;
    };
    // Somebody may have gone on to another one before this one hears of it. An element that is removed loses the focus
    // while the page is being drawn, when nothing may be changed.
    const leave = () => {
      const left = own;
      own = null;
      if (left !== null) queueMicrotask(() => left === ids && point(null));
    };
    const focus = () => {
      if (element.matches(":focus-visible, :has(:focus-visible)")) enter();
    };
    // What is taken away while it has the focus loses it in the middle of a redraw.
    const blur = () => queueMicrotask(leave);
    const listeners = { pointerenter: enter, pointerleave: leave, focusin: focus, focusout: blur };
    for (const [type, listener] of Object.entries(listeners)) element.addEventListener(type, listener);
    return () => {
      leave();
      for (const [type, listener] of Object.entries(listeners)) element.removeEventListener(type, listener);
    };
  };
}
