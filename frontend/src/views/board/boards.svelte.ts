/** Which boards there are: of the root, and of the experiment that is looked at alone. */
import { fetchBoards } from "../../api/boards";
import type { BoardSummary } from "../../api/messages";
import { connection, onFeed } from "../../state/connection.svelte";
import { useLatest } from "../../state/latest.svelte";

const ENDING = ".board.yaml";

export interface Boards {
  /** null: not known yet. */
  readonly all: readonly BoardSummary[] | null;
  readonly error: Error | null;
  /** Ask again: something was made or removed here. */
  refresh: () => void;
}

/** Call it while a component is made. `experiment`: whose boards are listed as well; null: nobody's. */
export function useBoards(experiment: () => string | null): Boards {
  let version = $state(0);
  const refresh = () => void version++;
  $effect(() => onFeed("boards", refresh));
  $effect(() => onFeed("resync", refresh));
  const ofRoot = useLatest(
    () => ({ version }),
    (_, signal) => fetchBoards(null, signal),
  );
  const ofExperiment = useLatest(
    () => {
      const id = experiment();
      return id === null ? null : { id, version };
    },
    ({ id }, signal) => fetchBoards(id, signal),
  );
  const all = $derived(ofRoot.answer && [...ofRoot.answer.boards, ...(ofExperiment.answer?.boards ?? [])]);
  return {
    get all() {
      return all;
    },
    get error() {
      return ofRoot.error;
    },
    refresh,
  };
}

/** The id that a board of this name gets; `experiment` null: in the root, the first of several. */
export function idOfBoard(name: string, experiment: string | null): string {
  const home = experiment ?? connection.root.roots[0]?.home ?? "";
  return `${home}/${encodeURIComponent(name + ENDING)}`;
}

/** The id of a board of this name where another one is. */
export function namedBeside(board: string, name: string): string {
  return `${board.split("/", 1)[0]}/${encodeURIComponent(name + ENDING)}`;
}

/** One that no board has. */
export function freeName(all: readonly BoardSummary[]): string {
  const names = new Set(all.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? "board" : `board ${number}`;
    if (!names.has(name)) return name;
  }
}

/** What is wrong with a name; "" if nothing. */
export function problemOfName(name: string, experiment: string | null, all: readonly BoardSummary[]): string {
  if (name.trim() === "") return "A name is needed";
  if (/[/\\\p{Cc}]/u.test(name) || name.startsWith("."))
    return "Without / and \\, and no point at the beginning";
  if (new TextEncoder().encode(name).length > 200) return "At most 200 bytes";
  return all.some((board) => board.name === name && board.experiment === experiment)
    ? "There is one of this name"
    : "";
}
