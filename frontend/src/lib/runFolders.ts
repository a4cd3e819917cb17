/** Experiments in folders of runs, as a list with a head above those of each folder. Pure. */

/** An id names a path in one word: `sweep%2Flr%2Fa`. */
const SEPARATOR = "%2F";

interface Named {
  id: string;
}

/** What tells a run from a folder that is listed as an experiment because files lie in it. */
interface Said extends Named {
  details?: boolean;
  status?: string;
  sessions?: readonly unknown[];
  kinds?: readonly string[];
  source?: string;
}

/** The head of those below it, which are shown unless it is folded. */
export interface FolderHead<Row> {
  /** Unlike any id of an experiment: those are percent-encoded. */
  id: string;
  /** The folder's id, as that of an experiment. */
  folder: string;
  members: readonly Row[];
  /** The folder as an experiment, where it is listed as one and is no run: the head stands for it. */
  own?: Row;
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

/**
 * Those of a folder stand together, below its head, where the first of them stands in the list. A folder with notes beside
 * its runs is an experiment as well, with nothing to be compared: it is not listed a second time.
 */
export function underHeads<Row extends Said>(
  list: readonly Row[],
  headed: ReadonlySet<string>,
  isFolded: (folder: string) => boolean,
): (FolderHead<Row> | Row)[] {
  const places: (Row | Row[])[] = [];
  const byFolder = new Map<string, Row[]>();
  const listed = new Set(list.map(({ id }) => folderOf(id)));
  const own = new Map<string, Row>();
  for (const row of list) {
    const folder = folderOf(row.id);
    const members = byFolder.get(folder);
    if (headed.has(row.id) && listed.has(row.id) && !isRun(row)) own.set(row.id, row);
    else if (!headed.has(folder)) places.push(row);
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
    const self = own.get(folder);
    const head = { id: `folder ${folder}`, folder, members: place, folded, ...(self && { own: self }) };
    return [head, ...(folded ? [] : place)];
  });
}

/** Whether something ran there, or may have: of a row that was not read nothing is known. */
function isRun({
  details = true,
  status = "unknown",
  sessions = [],
  kinds = [],
  source = "",
}: Said): boolean {
  return (
    !details || status !== "unknown" || sessions.length > 0 || kinds.includes("scalars") || source !== ""
  );
}

/** Everything that a head stands for. */
export function meantBy<Row>({ own, members }: FolderHead<Row>): readonly Row[] {
  return own ? [own, ...members] : members;
}

export function isHead<Row extends Named>(row: FolderHead<Row> | Row): row is FolderHead<Row> {
  return "folder" in row;
}
