/** When what the server says of edits and of the trash is to be asked for again. Call it while a component is made. */
import { onFeed } from "../../state/connection.svelte";
import { edits } from "../../state/edits.svelte";
import { useReloads } from "../reloads.svelte";

const PAUSE_MS = 1000;

export function whenEdited(): { readonly version: string } {
  // Whoever edits elsewhere changes a row or the root's settings.
  const reloads = useReloads(PAUSE_MS, (reload) =>
    (["experiments", "settings", "resync"] as const).map((type) => onFeed(type, reload)),
  );
  return {
    get version() {
      return `${edits.count} ${reloads.count}`;
    },
  };
}
