/** Whoever looks at the end of what grows goes on looking at it; whoever has scrolled up stays there. */

/** So near to the end counts as there. */
const NEAR_PX = 24;

/** For a scroller with one child. */
export function followEnd(scroller: HTMLElement): () => void {
  let isAtEnd = true;
  const look = () => {
    isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - NEAR_PX;
  };
  const grown = new ResizeObserver(() => {
    if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
  });
  scroller.addEventListener("scroll", look, { passive: true });
  if (scroller.firstElementChild) grown.observe(scroller.firstElementChild);
  return () => {
    grown.disconnect();
    scroller.removeEventListener("scroll", look);
  };
}
