/**
 * Windows of Visdom's environments: each is the items of a label, under the title that its script gave it. Of several
 * environments those of one title are one window. Pure.
 */
import type { BoardPanel, WindowInfo } from "../../api/messages";
import type { FilePanel } from "../board/changes";
import { sizeOfWindow } from "./windowSizes";
import type { Place, Size } from "../board/places";

/** Points of labels; all other kinds are those of items. */
export const SCALARS = "scalars";

export interface WindowMember {
  experiment: string;
  label: string;
  /** What its script says of it, if it is one of Visdom's. */
  said: WindowInfo | null;
}

export interface Window {
  /** Tells it from the others that are shown. */
  key: string;
  kind: string;
  title: string;
  /** One of each environment that has it, in their order. */
  members: readonly WindowMember[];
  size: Size;
}

/** What an environment holds: labels by kind, and what its script says, in the order in which it made them. */
export interface EnvironmentItems {
  experiment: string;
  labels: readonly { kind: string; label: string }[];
  said: readonly WindowInfo[];
}

/** Those of an environment in the order of its script, then others as they are given. */
export function windowsOf(environments: readonly EnvironmentItems[]): Window[] {
  const isAlone = environments.length === 1;
  const found = new Map<string, { kind: string; title: string; members: WindowMember[] }>();
  for (const { experiment, labels, said } of environments) {
    const place = new Map(said.map((info, index) => [info.label, { info, index }]));
    const order = (label: string) => place.get(label)?.index ?? said.length;
    const counts = new Map<string, number>();
    for (const { kind, label } of labels.toSorted((a, b) => order(a.label) - order(b.label))) {
      const info = place.get(label)?.info ?? null;
      const title = info?.title || (info ? info.id : label);
      // Two of one title in one environment are two windows, in their order.
      const name = isAlone ? `${kind} ${label}` : `${kind} ${title}`;
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      const key = count === 0 ? name : `${name} ${count}`;
      const member = { experiment, label, said: info };
      const known = found.get(key);
      if (known) known.members.push(member);
      else found.set(key, { kind, title, members: [member] });
    }
  }
  return [...found].map(([key, window]) => ({
    key,
    ...window,
    size: sizeOfWindow(window.kind, window.members),
  }));
}

/** Whether a panel of a view is about one window: items or points of one label. */
function windowIn(panel: BoardPanel): { kind: string; label: string } | null {
  const [label, ...others] = panel.labels ?? [];
  if (label === undefined || others.length > 0 || panel.pattern || panel.template) return null;
  if (panel.type === "item" && panel.kind) return { kind: panel.kind, label };
  return panel.type === "chart" && !panel.expressions?.length ? { kind: SCALARS, label } : null;
}

/**
 * The panel of a view for each window, null where there is none: of the same items, else, as a view may be that of
 * another environment, of the same title.
 */
export function panelsOf(
  windows: readonly Window[],
  panels: readonly { key: string; panel: BoardPanel }[],
): ({ key: string; panel: BoardPanel } | null)[] {
  const free = new Set(panels.filter(({ panel }) => windowIn(panel) !== null));
  const take = (matches: (panel: BoardPanel, kind: string, label: string) => boolean) => {
    for (const keyed of free) {
      const of = windowIn(keyed.panel)!;
      if (!matches(keyed.panel, of.kind, of.label)) continue;
      free.delete(keyed);
      return keyed;
    }
    return null;
  };
  const same = windows.map(({ kind, members }) =>
    take((_, of, label) => of === kind && members.some((member) => member.label === label)),
  );
  return windows.map(
    ({ kind, title }, index) =>
      same[index] ?? take((panel, of, label) => of === kind && (panel.title || label) === title),
  );
}

/** As it stands in the file of a view. */
export function fileOfWindow({ kind, title, members }: Window, place: Place): FilePanel {
  const { label } = members[0]!;
  const shown = kind === SCALARS ? { chart: [label] } : { [kind]: label };
  return { ...shown, ...(title === label ? {} : { title }), at: atOf(place) };
}

/** As it will be read. */
export function panelOfWindow({ kind, title, members }: Window, place: Place): BoardPanel {
  const { label } = members[0]!;
  return {
    type: kind === SCALARS ? "chart" : "item",
    ...(kind === SCALARS ? {} : { kind }),
    labels: [label],
    index: -1,
    ...(title === label ? {} : { title }),
    at: atOf(place),
  };
}

export function atOf({ column, row, width, height }: Place): [number, number, number, number] {
  return [column, row, width, height];
}

export function placeIn({ at }: BoardPanel): Place | null {
  return at ? { column: at[0], row: at[1], width: at[2], height: at[3] } : null;
}

/** Those whose title a regular expression is found in; a text that means none is why. */
export function filtered(windows: readonly Window[], pattern: string): readonly Window[] | string {
  if (pattern === "") return windows;
  try {
    const found = new RegExp(pattern, "iu");
    return windows.filter(({ title }) => found.test(title));
  } catch (error) {
    return (error as Error).message;
  }
}
