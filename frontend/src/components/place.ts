/** Where something that opens at an element goes: below it if there is room, else above; never off the window. */
const GAP = 4;
const EDGE = 8;

export function placeAt(anchor: Element, opened: HTMLElement, align: "start" | "end"): void {
  // Where it stood before it may have had too little room for its width.
  opened.style.left = `${EDGE}px`;
  const from = anchor.getBoundingClientRect();
  const { width, height } = opened.getBoundingClientRect();
  const left = align === "start" ? from.left : from.right - width;
  const below = innerHeight - from.bottom - GAP - EDGE;
  const above = from.top - GAP - EDGE;
  const goesUp = height > below && above > below;
  opened.style.left = `${Math.max(EDGE, Math.min(innerWidth - width - EDGE, left))}px`;
  opened.style.top = `${goesUp ? Math.max(EDGE, from.top - GAP - Math.min(height, above)) : from.bottom + GAP}px`;
  opened.style.maxHeight = `${goesUp ? above : below}px`;
}
