/** The sections of cards that the Scalars page shows. */
import type { FlowSection } from "../../components/flowLayout";
import { inOneOrder, inSections, restOf } from "../../lib/labelOrder";
import { SYSTEM } from "../../lib/systemLabels";
import type { LabelRow } from "../../state/labelRows.svelte";
import { isFolded } from "../../state/settings.svelte";
import { isFiltered, pinned } from "./view.svelte";

export type CardSection = FlowSection<LabelRow>;

const PINNED = "scalars pins";
/** Folded until somebody asks for it. */
const SYSTEM_SECTION = `scalars/${SYSTEM}`;

/** What is pinned first, in the order in which it was; of a filtered page all cards are one section without a title. */
export function cardSections(rows: readonly LabelRow[]): CardSection[] {
  const pins = pinned.value.flatMap((label) => rows.find((row) => row.label === label) ?? []);
  const others = pins.length > 0 ? rows.filter((row) => !pins.includes(row)) : rows;
  if (isFiltered()) {
    return [{ name: "scalars", title: "", items: [...pins, ...inOneOrder(others)], folded: false }];
  }
  const section = (name: string, title: string, items: readonly LabelRow[]): CardSection => ({
    name,
    title,
    items,
    folded: isFolded(name, name === SYSTEM_SECTION),
  });
  const found = inSections(others);
  const isAlone = found.length === 1 && found[0]!.name === "" && pins.length === 0;
  return [
    ...(pins.length > 0 ? [section(PINNED, "Pinned", pins)] : []),
    ...found.map((each) => section(`scalars/${each.name}`, isAlone ? "" : titleOf(each.name), each.rows)),
  ];
}

function titleOf(section: string): string {
  return section === SYSTEM ? "System" : section || "Ungrouped";
}

/** Below the head of its section a label needs no first part. */
export function titleOfCard(label: string, section: CardSection): string {
  return section.title === "" || section.name === PINNED ? label : restOf(label);
}
