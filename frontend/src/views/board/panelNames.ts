/** What panels are called where nobody has said it. Pure. */
import type { BoardPanel } from "../../api/messages";

export function nameOfPanel(panel: BoardPanel): string {
  return panel.title || panel.id || shownName(panel);
}

/** In the head of a panel; "" where its text speaks for itself. */
export function headOfPanel(panel: BoardPanel): string {
  return panel.title || (panel.type === "text" ? "" : shownName(panel));
}

function shownName(panel: BoardPanel): string {
  const { type, labels = [], pattern = "", expressions = [], template = "", columns = [] } = panel;
  switch (type) {
    case "table":
      return "Table of experiments";
    case "parallel":
      return columns.length > 0 ? columns.join(" · ") : "Parallel coordinates";
    case "text":
      return firstWords(panel.text ?? "") || "Text";
    default:
      return [
        ...labels,
        ...[pattern, template].filter(Boolean).map((text) => `/${text}/`),
        ...expressions,
      ].join(", ");
  }
}

function firstWords(text: string): string {
  const line = text.split("\n").find((each) => /[\p{L}\p{N}]/u.test(each)) ?? "";
  return line.replace(/^[#>*\-\s]+/, "").slice(0, 60);
}

/** The panel that a layout in the address means by a name: by its id, its title, or what it shows. */
export function panelNamed(name: string, panels: readonly BoardPanel[]): BoardPanel | undefined {
  return (
    panels.find(({ id }) => id === name) ??
    panels.find(({ title }) => title === name) ??
    panels.find((panel) => shownName(panel) === name)
  );
}
