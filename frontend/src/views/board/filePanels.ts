/** Panels as they stand in a file (docs/boards.md). Pure. */
import type { BoardPanel, BoardSettings } from "../../api/messages";
import type { FilePanel } from "./changes";

type FileBoard = Record<string, unknown>;

const NOT_SETTINGS = [
  "type",
  "index",
  "labels",
  "pattern",
  "expressions",
  "kind",
  "columns",
  "sort",
  "colour",
];
/** Keys that say what a panel shows, in the order in which they are written. */
const CONTENT = ["chart", "regex", "expression", "template", "table", "parallel", "text"];

export function fileOfPanel(panel: BoardPanel): FilePanel {
  const others = Object.entries(panel).filter(
    ([name]) => !NOT_SETTINGS.includes(name) && !["text", "template", "descending"].includes(name),
  );
  return { ...contentOf(panel), ...withoutEmpty(Object.fromEntries(others)) };
}

/** What a panel shows, without how. */
export function contentOf(panel: BoardPanel): FilePanel {
  const { type, kind = "", labels = [], pattern = "", template = "", columns = [] } = panel;
  switch (type) {
    case "chart":
      return withoutEmpty({ chart: labels, regex: pattern, expression: panel.expressions, template });
    case "item": {
      const said = withoutEmpty({ labels, regex: pattern, template });
      const isLabel = pattern === "" && template === "" && labels.length === 1;
      return { [kind]: isLabel ? labels[0] : said };
    }
    case "table":
      return { table: withoutEmpty({ columns, sort: panel.sort, descending: panel.descending }) };
    case "parallel":
      return { parallel: withoutEmpty({ axes: columns, colour: panel.colour }) };
    case "text":
      return { text: panel.text ?? "" };
  }
}

/** Which keys of a file's panel say what it shows; `kinds`: names of kinds. */
export function contentKeys(panel: BoardPanel): string[] {
  return panel.type === "item" && panel.kind ? [panel.kind] : CONTENT;
}

/** No group by at all is something that is said. */
export function withoutEmpty(fields: Record<string, unknown> | BoardSettings): FileBoard {
  const isEmpty = (name: string, value: unknown) =>
    value === undefined ||
    value === null ||
    value === "" ||
    (Array.isArray(value) && value.length === 0 && name !== "group_by");
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => !isEmpty(name, value)));
}
