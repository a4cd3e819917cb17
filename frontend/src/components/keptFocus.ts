/**
 * Where the focus goes when what had it is taken away, as a row that was archived by keyboard: not to the body, from where
 * Tab begins anew, but to what is left beside it.
 */

/** The row of a list that Tab leads to, or of a table. */
const ROW = "[data-index][tabindex='0'], tbody [tabindex='0']";

/** Until the returned function is called. */
export function keptFocus(box: HTMLElement): () => void {
  let within = false;
  const note = ({ target }: Event) => (within = target instanceof Node && box.contains(target));
  const observer = new MutationObserver(() => {
    if (!within || document.activeElement !== document.body) return;
    // What replaces it may be about to come, or to take the focus itself.
    requestAnimationFrame(() => {
      if (within && document.activeElement === document.body)
        (box.querySelector<HTMLElement>(ROW) ?? box).focus({ preventScroll: true });
    });
  });
  document.addEventListener("focusin", note);
  document.addEventListener("pointerdown", note);
  observer.observe(box, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", note);
    document.removeEventListener("pointerdown", note);
    observer.disconnect();
  };
}
