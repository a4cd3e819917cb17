/** What the form of a panel, or of a board, asks for, and how that stands in the file. Pure. */
import type { BoardPanel, BoardSettings } from "../../api/messages";
import type { Path } from "./changes";

/** `lines`: a list, an entry a line. `text`: several lines of Markdown. */
export type FieldIs = "line" | "lines" | "text" | "number" | "choice";

export interface FormField {
  label: string;
  is: FieldIs;
  placeholder?: string;
  /** Of a choice; "" is: as the board, or as the page. */
  options?: readonly { value: string; label: string }[];
  /** Labels are suggested. */
  ofLabels?: boolean;
  /** Where it stands in the file, from the panel or the board down. */
  path: Path;
  /** As text; lists line by line. */
  value: string;
  /** What stands in the file for a text; undefined: nothing. */
  toFile: (text: string) => unknown;
}

const YES_NO = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];
const AXES = [
  { value: "step", label: "Step" },
  { value: "relative", label: "Time since the start" },
  { value: "wall", label: "Wall time" },
];
const BANDS = ["none", "deviation", "error", "interval", "range", "quartiles"].map(named);
const AVERAGES = ["mean", "median"].map(named);

const OUTLIERS = ["auto", "ignore", "show"].map(named);

export function panelFields(panel: BoardPanel): FormField[] {
  return [
    line("Title", ["title"], panel.title),
    ...contentFields(panel),
    ...(panel.type === "text"
      ? []
      : [line("Filter of experiments", ["filter"], panel.filter, "tag=baseline lr<0.01")]),
    ...(panel.type === "chart" ? chartFields(panel) : []),
    line("Section", ["section"], panel.section),
  ];
}

export function boardFields(board: BoardSettings & { title?: string }): FormField[] {
  return [
    line("Title", ["title"], board.title),
    line("Filter of experiments", ["filter"], board.filter, "tag=baseline lr<0.01"),
    ...chartFields(board),
  ];
}

/** A number as it is typed; anything else is what the server says of it. */
export function numberOrText(text: string): unknown {
  const said = text.trim();
  if (said === "") return undefined;
  return Number.isFinite(Number(said)) ? Number(said) : said;
}

function contentFields(panel: BoardPanel): FormField[] {
  const { kind = "", labels = [], pattern, template } = panel;
  switch (panel.type) {
    case "chart":
      return [
        lines("Labels, one a line", ["chart"], labels, { ofLabels: true }),
        line("And labels in which is found", ["regex"], pattern, "^val/.*loss"),
        lines("Expressions, one a line", ["expression"], panel.expressions, {
          placeholder: '"val/loss" - "train/loss"',
        }),
        ...(template ? [line("A chart for each text captured in labels", ["template"], template)] : []),
        lines("On the right axis", ["right"], panel.right, { ofLabels: true }),
      ];
    case "item": {
      const isPattern = Boolean(pattern ?? template);
      return [
        isPattern
          ? line("Labels in which is found", [kind, template ? "template" : "regex"], pattern || template)
          : lines("Labels, one a line", [kind], labels),
        {
          ...{ label: "Step", is: "line", placeholder: "latest", path: ["step"] },
          value: panel.step === undefined || panel.step === null ? "" : String(panel.step),
          toFile: (text) => (text.trim() === "latest" ? undefined : numberOrText(text)),
        },
      ];
    }
    case "table":
      return [
        lines("Columns, one a line", ["table", "columns"], panel.columns, {
          placeholder: "lr\nmin(val/loss)",
        }),
        line("Sorted by", ["table", "sort"], panel.sort, "min(val/loss)"),
        choice("From the largest", ["table", "descending"], panel.descending, YES_NO),
      ];
    case "parallel":
      return [
        lines("Axes, one a line", ["parallel", "axes"], panel.columns, { placeholder: "lr\nmin(val/loss)" }),
        line("Coloured by", ["parallel", "colour"], panel.colour, "min(val/loss)"),
      ];
    case "text":
      return [
        { label: "Markdown", is: "text", path: ["text"], value: panel.text ?? "", toFile: (text) => text },
      ];
  }
}

function chartFields(settings: BoardSettings): FormField[] {
  return [
    choice("X axis", ["x"], settings.x, AXES),
    line("Or over the values of", ["x_label"], settings.x_label, "epoch"),
    choice("Logarithmic y axis", ["log_y"], settings.log_y, YES_NO),
    choice("Logarithmic x axis", ["log_x"], settings.log_x, YES_NO),
    range("Range of y", ["y_range"], settings.y_range),
    {
      ...{
        label: "Smoothing, from 0 to below 1",
        is: "number",
        placeholder: "as the page",
        path: ["smoothing"],
      },
      value:
        settings.smoothing === undefined || settings.smoothing === null ? "" : String(settings.smoothing),
      toFile: numberOrText,
    },
    choice("Outliers", ["outliers"], settings.outliers, OUTLIERS),
    lines("Grouped by, one a line", ["group_by"], settings.group_by ?? [], { placeholder: "lr" }),
    choice("Average of groups", ["average"], settings.average, AVERAGES),
    choice("Band of groups", ["band"], settings.band, BANDS),
    choice("Single experiments behind groups", ["singles"], settings.singles, YES_NO),
  ];
}

function line(label: string, path: Path, value: string | undefined, placeholder = ""): FormField {
  return {
    label,
    is: "line",
    placeholder,
    path,
    value: value ?? "",
    toFile: (text) => text.trim() || undefined,
  };
}

function lines(
  label: string,
  path: Path,
  value: readonly string[] = [],
  more: Pick<FormField, "placeholder" | "ofLabels"> = {},
): FormField {
  return { label, is: "lines", ...more, path, value: value.join("\n"), toFile: entriesOf };
}

function entriesOf(text: string): string[] | undefined {
  const entries = text
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);
  return entries.length > 0 ? entries : undefined;
}

function choice(
  label: string,
  path: Path,
  value: string | boolean | null | undefined,
  options: NonNullable<FormField["options"]>,
): FormField {
  const toFile = (text: string) =>
    text === "" ? undefined : text === "true" ? true : text === "false" ? false : text;
  const said = value === undefined || value === null ? "" : String(value);
  return {
    label,
    is: "choice",
    options: [{ value: "", label: "As usual" }, ...options],
    path,
    value: said,
    toFile,
  };
}

function range(label: string, path: Path, value: BoardSettings["y_range"]): FormField {
  const word = (end: number | null | undefined) => (end === null || end === undefined ? "" : String(end));
  return {
    ...{ label, is: "line", placeholder: "0, 1", path },
    value: value ? value.map(word).join(", ") : "",
    toFile: (text) =>
      text.trim() === "" ? undefined : text.split(",").map((end) => numberOrText(end) ?? null),
  };
}

function named(value: string) {
  return { value, label: value.slice(0, 1).toUpperCase() + value.slice(1) };
}
