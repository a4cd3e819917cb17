/** The rows of the Files page and the way to them: a folder of an experiment, or the root, whose rows are experiments. */
import type { FolderEntry } from "../api/messages";
import type { TableSort } from "../components/columns";
import { readable } from "../lib/ids";
import { compareNatural } from "../lib/natural";

export interface FolderPlace {
  experiment: string;
  /** In the experiment, an id; "": the experiment's own folder. */
  path: string;
}

/** A file or folder, or at the root an experiment. `at`: where it is, as in the address. */
export type Row = FolderEntry & { at: string };

export interface Crumb {
  name: string;
  at: string;
}

/** `at`: an experiment and a path in it, as in the address. null: the root. */
export function placeAt(at: string): FolderPlace | null {
  const experiment = at.split("/", 1)[0] ?? "";
  return experiment === "" ? null : { experiment, path: at.slice(experiment.length + 1) };
}

/** From the root to the place. `nameOf`: of an experiment; undefined: it is not known. */
export function crumbsOf(
  at: string,
  root: string,
  nameOf: (experiment: string) => string | undefined,
): Crumb[] {
  const ids = at === "" ? [] : at.split("/");
  return [
    { name: root, at: "" },
    ...ids.map((id, index) => ({
      name: (index === 0 ? nameOf(id) : undefined) ?? readable(id),
      at: ids.slice(0, index + 1).join("/"),
    })),
  ];
}

export function rowOfExperiment({ id, name, changed }: { id: string; name: string; changed: number }): Row {
  return { name, path: "", at: id, is_folder: true, size_bytes: 0, modified: changed, kinds: [], note: "" };
}

export function rowsOfFolder(experiment: string, entries: readonly FolderEntry[]): Row[] {
  return entries.map((entry) => ({ ...entry, at: `${experiment}/${entry.path}` }));
}

/** By name if nothing else is wanted. Folders come before files whatever the order. */
export function sortRows(rows: readonly Row[], by: TableSort | null): Row[] {
  const turn = by?.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (a.is_folder !== b.is_folder) return a.is_folder ? -1 : 1;
    const size = by?.column === "size" ? a.size_bytes - b.size_bytes : 0;
    const time = by?.column === "modified" ? a.modified - b.modified : 0;
    return turn * (size || time) || (by?.column === "name" ? turn : 1) * compareNatural(a.name, b.name);
  });
}
