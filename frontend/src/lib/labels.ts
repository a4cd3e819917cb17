import { compareNatural } from "./natural";

/** The folder part of a label: `train/loss` -> `train`; "" if it has none. */
export function folderOf(label: string): string {
  const end = label.lastIndexOf("/");
  return end < 0 ? "" : label.slice(0, end);
}

/** The last part of a label: `train/loss` -> `loss`. */
export function nameOf(label: string): string {
  return label.slice(label.lastIndexOf("/") + 1);
}

/** Rows under their labels' folders, both in natural order; labels without a folder come first. */
export function groupByFolder<Row extends { label: string }>(
  rows: readonly Row[],
): { folder: string; rows: Row[] }[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const folder = folderOf(row.label);
    const group = groups.get(folder);
    if (group) group.push(row);
    else groups.set(folder, [row]);
  }
  return [...groups]
    .map(([folder, group]) => ({ folder, rows: group.sort((a, b) => compareNatural(a.label, b.label)) }))
    .sort((a, b) => compareNatural(a.folder, b.folder));
}

const STEP_FOLDER = /^[0-9]{1,16}$/;
const COMPOUND_SUFFIX = /(?<=[^/])(\.plotly\.jsonl?|\.mask(-[\w-]+)?\.png)$/i;

/** The label of a file, by its path inside the experiment (lavdlike/layout.py): `0001/train/bird.png` -> `train/bird`. */
export function labelOfPath(path: string): string {
  const [first = "", ...rest] = path.split("/");
  const inStep = rest.length > 0 && STEP_FOLDER.test(first) && Number(first) <= Number.MAX_SAFE_INTEGER;
  const label = inStep ? rest.join("/") : path;
  return COMPOUND_SUFFIX.test(label)
    ? label.replace(COMPOUND_SUFFIX, "")
    : label.replace(/([^/])\.[^./]*$/, "$1");
}
