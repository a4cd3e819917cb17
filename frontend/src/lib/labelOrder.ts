/** In which order labels are shown, and in which sections: what is asked for most comes first. */
import { compareNatural } from "./natural";
import { goalByName } from "./resultLabels";
import { SYSTEM } from "./systemLabels";

export interface LabelSection<Row> {
  /** The first part of its labels; "" for those without a folder. */
  name: string;
  rows: Row[];
}

const VALIDATION = /^(val|valid|validation|eval|evaluation|dev)([^a-z]|$)/i;
const TRAINING = /^(train|training)([^a-z]|$)/i;
const LOSS = /(^|[^a-z])loss([^a-z]|$)/i;

/** The first part of a label: `train/head/loss` -> `train`; "" if it has only one. */
export function sectionOf(label: string): string {
  const end = label.indexOf("/");
  return end < 0 ? "" : label.slice(0, end);
}

/** What is left of a label without its first part: `train/head/loss` -> `head/loss`. */
export function restOf(label: string): string {
  return label.slice(label.indexOf("/") + 1);
}

/** Under the first parts of their labels: validation, training, what looks like a loss, the rest in natural order. */
export function inSections<Row extends { label: string }>(rows: readonly Row[]): LabelSection<Row>[] {
  const sections = new Map<string, Row[]>();
  for (const row of rows) {
    const name = sectionOf(row.label);
    const section = sections.get(name);
    if (section) section.push(row);
    else sections.set(name, [row]);
  }
  return [...sections]
    .map(([name, members]) => ({ name, rows: inOrder(members), rank: rankOf(name, members) }))
    .sort((a, b) => a.rank - b.rank || compareNatural(a.name, b.name));
}

/** All in one, in the order in which they would stand in their sections. */
export function inOneOrder<Row extends { label: string }>(rows: readonly Row[]): Row[] {
  return inSections(rows).flatMap((section) => section.rows);
}

/** What the host does comes last. */
function rankOf(section: string, rows: readonly { label: string }[]): number {
  if (VALIDATION.test(section)) return 0;
  if (TRAINING.test(section)) return 1;
  if (section === SYSTEM) return 4;
  const isLoss = LOSS.test(section) || (section === "" && rows.some(({ label }) => LOSS.test(label)));
  return isLoss ? 2 : 3;
}

function inOrder<Row extends { label: string }>(rows: readonly Row[]): Row[] {
  const rank = ({ label }: Row) => (LOSS.test(restOf(label)) ? 0 : goalByName(restOf(label)) ? 1 : 2);
  return [...rows].sort((a, b) => rank(a) - rank(b) || compareNatural(a.label, b.label));
}
