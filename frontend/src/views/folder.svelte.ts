/** What a folder of an experiment holds, as it is now: asked for again whenever something changes there. */
import { fetchFolder } from "../api/files";
import { isAborted } from "../api/http";
import type { FolderEntry } from "../api/messages";
import { onFeed } from "../state/connection.svelte";
import { useLatest } from "../state/latest.svelte";
import { holdLook } from "../state/look";
import type { Loaded } from "../state/perExperiment.svelte";
import type { FolderPlace } from "./folderRows";
import { pages } from "./pages.svelte";
import { useReloads } from "./reloads.svelte";

const RELOAD_PAUSE_MS = 1000;
const LOADING = { state: "loading" } as const;

export interface Folder {
  readonly loaded: Loaded<readonly FolderEntry[]>;
  readonly reload: () => void;
}

/** What is known of one folder. Of another one it says nothing, its failure no more than its entries. */
interface Answer {
  place: FolderPlace;
  loaded: Loaded<readonly FolderEntry[]>;
}

/** `place` null: it is the root, of which there is nothing to load. Call it while a component is made. */
export function useFolder(place: () => FolderPlace | null): Folder {
  const experiment = $derived(place()?.experiment);

  /** An item of any kind, and any other file, may be in the folder. */
  const kinds = $derived([...pages.ofKinds.map(({ name }) => name), "files"]);
  $effect(() => (experiment === undefined ? undefined : holdLook({ experiments: [experiment], kinds })));

  const reloads = useReloads(RELOAD_PAUSE_MS, (reload) => {
    const here = experiment;
    if (here === undefined) return [];
    return [
      onFeed("resync", reload),
      onFeed("items", (message) => message.experiment === here && reload()),
      onFeed("experiments", ({ changed, removed }) => {
        if (removed.includes(here) || changed.some(({ id }) => id === here)) reload();
      }),
    ];
  });

  const latest = useLatest(
    () => {
      void reloads.count;
      return place();
    },
    async (wanted, signal): Promise<Answer> => ({ place: wanted, loaded: await load(wanted, signal) }),
  );
  const loaded = $derived.by(() => {
    const [answer, wanted] = [latest.answer, place()];
    const isOfPlace = answer?.place.experiment === wanted?.experiment && answer?.place.path === wanted?.path;
    return answer && isOfPlace ? answer.loaded : LOADING;
  });

  return {
    get loaded() {
      return loaded;
    },
    reload: reloads.now,
  };
}

async function load({ experiment, path }: FolderPlace, signal: AbortSignal): Promise<Answer["loaded"]> {
  try {
    const { entries } = await fetchFolder(experiment, path, signal);
    return { state: "ready", value: entries };
  } catch (error) {
    if (isAborted(error)) throw error;
    return { state: "failed", error: error as Error };
  }
}
