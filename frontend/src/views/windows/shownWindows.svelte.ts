/** The windows of the environments that are shown. */
import { onDestroy } from "svelte";
import { KIND_PANELS } from "../../kinds/panels";
import { catalogues } from "../../state/catalogues.svelte";
import { connection } from "../../state/connection.svelte";
import { scalarLabels } from "../../state/scalarLabels.svelte";
import { steady } from "../../lib/steady";
import { SaidWindows } from "./saidWindows.svelte";
import { SCALARS, windowsOf, type Window } from "./windows";

export interface ShownWindows {
  readonly all: readonly Window[];
  /** Environments of which something is still to come. */
  readonly isLoading: boolean;
  readonly error: Error | null;
}

/** Call it while a component is made. */
export function useWindows(experiments: () => readonly string[]): ShownWindows {
  const said = new SaidWindows();
  onDestroy(() => said.close());
  const keep = steady<readonly Window[]>();

  const kinds = $derived([...Object.keys(KIND_PANELS), ...connection.root.kinds.map(({ kind }) => kind)]);
  $effect(() => {
    const ids = experiments();
    said.follow(ids);
    const releases = [scalarLabels.hold(ids), ...kinds.map((kind) => catalogues.hold(ids, kind))];
    return () => {
      for (const release of releases) release();
    };
  });

  const isLoading = $derived(
    experiments().some(
      (id) =>
        said.of(id) === undefined ||
        [catalogues.get(id), scalarLabels.get(id)].some((loaded) => loaded?.state === "loading"),
    ),
  );
  const error = $derived.by(() => {
    for (const id of experiments()) {
      const loaded = catalogues.get(id);
      if (loaded?.state === "failed") return loaded.error;
    }
    return null;
  });
  const all = $derived(
    keep(
      windowsOf(
        experiments().map((experiment) => ({
          experiment,
          said: said.of(experiment)?.windows ?? [],
          labels: [
            ...[...scalarLabels.names(experiment)].map((label) => ({ kind: SCALARS, label })),
            ...kinds.flatMap((kind) =>
              [...catalogues.labels(experiment, kind).keys()].map((label) => ({ kind, label })),
            ),
          ],
        })),
      ),
    ),
  );

  return {
    get all() {
      return all;
    },
    get isLoading() {
      return isLoading;
    },
    get error() {
      return error;
    },
  };
}
