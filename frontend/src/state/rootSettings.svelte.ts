/** What people declared for the whole root (`lavdlike.yaml`): saved filters, the view that a visit begins with, labels. */
import { fetchRoot } from "../api/root";
import type {
  Edit,
  EditAnswer,
  LabelDefinition,
  MediaPattern,
  Problem,
  RootSettings,
  SavedFilter,
} from "../api/messages";
import { onFeed } from "./connection.svelte";
import { perform } from "./edits.svelte";
import { notify } from "./notices.svelte";

type View = Readonly<Record<string, readonly string[]>>;

let current = $state.raw<RootSettings>({
  match: "",
  labels: [],
  filters: [],
  view: {},
  problem: null,
  media: [],
});

export const rootSettings = {
  /** Names the state of the file, for edits of it. */
  get match(): string {
    return current.match;
  },
  get labels(): readonly LabelDefinition[] {
    return current.labels;
  },
  get filters(): readonly SavedFilter[] {
    return current.filters;
  },
  /** Parameters of the address that a visit begins with. */
  get view(): View {
    return current.view;
  },
  /** Which paths outside of steps say a step. */
  get media(): readonly MediaPattern[] {
    return current.media;
  },
  /** Why the file, or a part of it, is not read. */
  get problem(): Problem | null {
    return current.problem;
  },
};

export function setRootSettings(changed: RootSettings): void {
  current = changed;
}

onFeed("settings", ({ people }) => setRootSettings(people));

export function saveFilter(name: string, filter: string): Promise<EditAnswer | null> {
  return writeFilter({ name, filter });
}

export function forgetFilter(name: string): Promise<EditAnswer | null> {
  return writeFilter({ name, filter: "" });
}

export function saveView(view: Record<string, string[]>): Promise<EditAnswer | null> {
  return editRoot(
    (match) => ({ action: "view", match, view }),
    (settings) => JSON.stringify(settings.view),
  );
}

export function saveMedia(patterns: string[]): Promise<EditAnswer | null> {
  return editRoot(
    (match) => ({ action: "media", match, patterns }),
    (settings) => JSON.stringify(settings.media),
  );
}

function writeFilter(saved: SavedFilter): Promise<EditAnswer | null> {
  return editRoot(
    (match) => ({ action: "filter", match, saved }),
    ({ filters }) => filters.find(({ name }) => name === saved.name)?.filter ?? "",
  );
}

/**
 * Change something in the file. If the file is another one than was seen, but says the same where `part` looks, the edit
 * is tried again; else nothing is changed, and that is told.
 */
export async function editRoot(
  edit: (match: string) => Edit,
  part: (settings: RootSettings) => string,
): Promise<EditAnswer | null> {
  const seen = current;
  const answer = await perform(edit(seen.match), { tells: "no conflicts" });
  if (!answer?.refused.some(({ conflict }) => conflict)) return answer;
  setRootSettings((await fetchRoot()).people);
  if (part(current) === part(seen)) return perform(edit(current.match));
  notify("Nothing was changed: somebody else has changed the same meanwhile. Look at it and try again");
  return answer;
}
