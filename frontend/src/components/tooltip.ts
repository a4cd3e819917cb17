/** `{@attach tooltip("what it does")}`: shown under the pointer's or the keyboard's target after a moment. */
import type { Attachment } from "svelte/attachments";

const DELAY_MS = 400;
const GAP = 6;

let bubble: HTMLElement | null = null;

export function tooltip(text: string | undefined): Attachment<HTMLElement> {
  return (target) => {
    if (!text) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      clearTimeout(timer);
      timer = setTimeout(() => place(target, text), DELAY_MS);
    };
    const hide = () => {
      clearTimeout(timer);
      if (bubble?.matches(":popover-open")) bubble.hidePopover();
    };
    const focus = () => {
      if (target.matches(":focus-visible")) show();
    };
    const listeners = { pointerenter: show, pointerleave: hide, pointerdown: hide, focus, blur: hide };
    for (const [type, listener] of Object.entries(listeners)) target.addEventListener(type, listener);
    return () => {
      hide();
      for (const [type, listener] of Object.entries(listeners)) target.removeEventListener(type, listener);
    };
  };
}

function place(target: HTMLElement, text: string): void {
  if (!bubble) {
    bubble = document.createElement("div");
    bubble.className = "tooltip";
    bubble.popover = "manual";
    bubble.setAttribute("aria-hidden", "true"); // the same text is the target's accessible name or description
    document.body.append(bubble);
  }
  bubble.textContent = text;
  bubble.hidePopover();
  bubble.showPopover(); // last in the top layer: above an open dialog, too
  const { left, width, top, bottom } = target.getBoundingClientRect();
  const own = bubble.getBoundingClientRect();
  const below = bottom + GAP + own.height < innerHeight;
  bubble.style.left = `${Math.max(GAP, Math.min(innerWidth - own.width - GAP, left + width / 2 - own.width / 2))}px`;
  bubble.style.top = `${below ? bottom + GAP : top - GAP - own.height}px`;
}
