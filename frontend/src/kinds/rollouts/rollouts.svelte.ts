/** Lists of rollouts, asked for again when their files change, and further as long as the server is not through them. */
import { fetchRollout, fetchRollouts } from "../../api/rollouts";
import type { RolloutPage, RolloutsPage, RolloutsRequest } from "../../api/messages";
import { catalogues } from "../../state/catalogues.svelte";
import { useItem } from "../../state/items.svelte";
import { useLatest, type Latest } from "../../state/latest.svelte";
import type { RolloutKey, RolloutList } from "./view.svelte";

/** Changes whenever one of the list's files seems to have: of those at steps the last one is looked at. */
export function useVersion(list: () => RolloutList): { readonly value: string } {
  const info = $derived(catalogues.info(list().experiment, "rollouts", list().label));
  const last = $derived(list().global ? null : (info.steps.at(-1)?.at(-1) ?? null));
  const item = useItem("rollouts", () => ({
    experiment: list().experiment,
    label: list().label,
    step: last,
  }));
  const value = $derived(
    JSON.stringify([info.steps, item.latest?.sequence, item.latest?.files.map(({ etag }) => etag)]),
  );
  return {
    get value() {
      return value;
    },
  };
}

/** What is still to come of an answer, as a share from 0 to 1; null: it is whole. */
export function shareOf({ read_bytes, size_bytes, searched, total }: RolloutsPage): number | null {
  if (read_bytes < size_bytes) return read_bytes / size_bytes;
  return searched < total ? searched / total : null;
}

/** Call it while a component is made. `asked` null: nothing. */
export function useRollouts(
  asked: () => Partial<RolloutsRequest> | null,
  version: () => string,
): Latest<RolloutsPage> {
  // What is asked for is made anew more often than it changes.
  const words = $derived(JSON.stringify(asked()));
  let turn = $state(0);
  const latest = useLatest(
    () => {
      const wanted = JSON.parse(words) as Partial<RolloutsRequest> | null;
      return wanted && { wanted, turn, version: version() };
    },
    ({ wanted }, signal) => fetchRollouts(wanted, signal),
  );
  /** Of the last answer that was not whole, so that a file that stands still is not asked for without end. */
  let reached = "";
  $effect(() => {
    const { answer } = latest;
    if (!answer || shareOf(answer) === null) return;
    const now = `${words} ${answer.read_bytes} ${answer.searched}`;
    if (now === reached) return;
    reached = now;
    turn++;
  });
  return latest;
}

/** One rollout with its messages; `key` null: none. Call it while a component is made. */
export function useRollout(list: () => RolloutList, key: () => RolloutKey | null): Latest<RolloutPage> {
  const words = $derived.by(() => {
    const wanted = key();
    if (!wanted) return "null";
    const { experiment, label, global } = list();
    return JSON.stringify({ experiment, label, is_global: global, file: wanted.file, offset: wanted.offset });
  });
  return useLatest(
    () => JSON.parse(words) as Parameters<typeof fetchRollout>[0] | null,
    (wanted, signal) => fetchRollout(wanted, signal),
  );
}
