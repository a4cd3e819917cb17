/** The page's colours for what is drawn by script (styles/tokens.css). */
import type { FigureColours } from "./figure";

export function chartColours(element: Element): FigureColours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: colour("--page"),
    text: colour("--text"),
    muted: colour("--text-muted"),
    grid: colour("--line"),
  };
}
