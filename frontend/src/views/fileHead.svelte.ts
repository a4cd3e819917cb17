/** The beginning of a file, as it is now: asked for again whenever the file changes. */
import { fetchFileHead, type FileHead } from "../api/files";
import { onFeed } from "../state/connection.svelte";
import { useLatest, type Latest } from "../state/latest.svelte";
import { holdLook } from "../state/look";
import { useReloads } from "./reloads.svelte";

/** Of a longer file only the beginning is read here. */
const MOST_BYTES = 5_000_000;
const RELOAD_PAUSE_MS = 300;

export interface ReadFile extends Latest<FileHead> {
  readonly reload: () => void;
}

/** `path`: an id, relative to the experiment. Call it while a component is made. */
export function useFileHead(experiment: () => string, path: () => string): ReadFile {
  const at = $derived(`${experiment()}/${path()}`);

  $effect(() => holdLook({ experiments: [experiment()], files: [at] }));

  const reloads = useReloads(RELOAD_PAUSE_MS, (reload) => {
    const here = at;
    return [onFeed("resync", reload), onFeed("file", (message) => message.path === here && reload())];
  });

  const latest = useLatest(
    () => {
      void reloads.count;
      return { experiment: experiment(), path: path() };
    },
    (wanted, signal) => fetchFileHead(wanted.experiment, wanted.path, MOST_BYTES, signal),
  );

  return {
    get answer() {
      return latest.answer;
    },
    get error() {
      return latest.error;
    },
    reload: reloads.now,
  };
}
