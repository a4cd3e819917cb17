/** Which part of an element the page's scroller shows: `{@attach scrollWindow.watch}`. */
import type { Attachment } from "svelte/attachments";

/** Faster than this nobody reads what passes by. In pixels per millisecond. */
const FAST = 4;
const REST_MS = 100;

export class ScrollWindow {
  /** In pixels from the element's top. Both 0 until the element is there. */
  top = $state(0);
  bottom = $state(0);
  /** What comes into sight leaves it at once: not worth a request yet. */
  isRacing = $state(false);

  readonly watch: Attachment<HTMLElement> = (element) => {
    const scroller = element.closest<HTMLElement>("[data-scroller]");
    if (!scroller) throw new Error("There is no element with data-scroller around this one");
    let rest: ReturnType<typeof setTimeout> | undefined;
    let lastTime = performance.now();
    const look = () => {
      const from = element.getBoundingClientRect().top;
      const { top, bottom } = scroller.getBoundingClientRect();
      this.top = top - from;
      this.bottom = bottom - from;
    };
    const scrolled = () => {
      const before = this.top;
      look();
      const now = performance.now();
      if (Math.abs(this.top - before) / (now - lastTime) > FAST) this.isRacing = true;
      lastTime = now;
      clearTimeout(rest);
      rest = setTimeout(() => (this.isRacing = false), REST_MS);
    };
    // What stands above can grow or fold without a scroll: the scroller's content changes its size then.
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    for (const child of scroller.children) observer.observe(child);
    scroller.addEventListener("scroll", scrolled, { passive: true });
    look();
    return () => {
      observer.disconnect();
      scroller.removeEventListener("scroll", scrolled);
      clearTimeout(rest);
    };
  };
}
