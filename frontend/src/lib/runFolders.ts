/** Experiments in folders of runs, as a list with a head above those of each folder. Pure. */

/** An id names a path in one word: `sweep%2Flr%2Fa`. */
const SEPARATOR = "%2F";

interface Named {
  id: string;
}

/** The head of those below it, which are shown unless it is folded. */
export interface FolderHead<Row> {
  /** Unlike any id of an experiment: those are percent-encoded. */
  id: string;
  /** The folder's id, as that of an experiment. */
  folder: string;
  members: readonly Row[];
  folded: boolean;
}

/** The id of the folder that an experiment lies in; "" for the root. */
export function folderOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf(SEPARATOR)));
}

/** Whether an experiment lies in a folder, at any depth. */
export function isIn(id: string, folder: string): boolean {
  return id.startsWith(folder + SEPARATOR);
}

/** The ids of the folders that one is in, the nearest first. */
export function outerFolders(id: string): string[] {
  const found = [];
  for (let folder = folderOf(id); folder !== ""; folder = folderOf(folder)) found.push(folder);
  return found;
}

/** Folders that get a head: with one run, its name says as much. */
export function headedFolders(all: readonly Named[]): ReadonlySet<string> {
  const [seen, headed] = [new Set<string>(), new Set<string>()];
  for (const { id } of all) {
    const folder = folderOf(id);
    if (folder !== "") (seen.has(folder) ? headed : seen).add(folder);
  }
  return headed;
}

/** Those of a folder stand together, below its head, where the first of them stands in the list. */
export function underHeads<Row extends Named>(
  list: readonly Row[],
  headed: ReadonlySet<string>,
  isFolded: (folder: string) => boolean,
): (FolderHead<Row> | Row)[] {
  const places: (Row | Row[])[] = [];
  const byFolder = new Map<string, Row[]>();
  for (const row of list) {
    const folder = folderOf(row.id);
    const members = byFolder.get(folder);
    if (!headed.has(folder)) places.push(row);
    else if (members) members.push(row);
    else {
      const first = [row];
      byFolder.set(folder, first);
      places.push(first);
    }
  }
  return places.flatMap((place) => {
    if (!Array.isArray(place)) return [place];
    const folder = folderOf(place[0]!.id);
    const folded = isFolded(folder);
    return [{ id: `folder ${folder}`, folder, members: place, folded }, ...(folded ? [] : place)];
  });
}

export function isHead<Row extends Named>(row: FolderHead<Row> | Row): row is FolderHead<Row> {
  return "folder" in row;
}
