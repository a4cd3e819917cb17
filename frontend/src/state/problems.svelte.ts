/** Files that cannot be shown, as far as the server has met them. */
import { fetchProblems } from "../api/root";
import type { ProblemsPage } from "../api/messages";
import { onFeed } from "./connection.svelte";
import type { Loaded } from "./perExperiment.svelte";

/** The server meets problems while it answers, so it is asked again after changes; not more often than this. */
const PAUSE_MS = 5000;

let loaded = $state.raw<Loaded<ProblemsPage>>({ state: "loading" });
let timer: ReturnType<typeof setTimeout> | undefined;

export const problems = {
  get loaded(): Loaded<ProblemsPage> {
    return loaded;
  },

  /** Follow them for as long as somebody shows them: `$effect(() => problems.follow())`. */
  follow(): () => void {
    void load();
    const ends = (["items", "scalars", "experiments", "resync"] as const).map((type) =>
      onFeed(type, askSoon),
    );
    return () => {
      clearTimeout(timer);
      timer = undefined;
      for (const end of ends) end();
    };
  },

  refresh: () => void load(),
};

function askSoon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    void load();
  }, PAUSE_MS);
}

async function load(): Promise<void> {
  try {
    loaded = { state: "ready", value: await fetchProblems() };
  } catch (error) {
    if (loaded.state !== "ready") {
      loaded = { state: "failed", error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
