/** Opens the page's connection: what the root holds at first, and the feed of what changes in it. */
import { untrack } from "svelte";
import { openAccess, signOut } from "../api/access";
import { askAbout, RefusedError, whenSignedOut } from "../api/http";
import { fetchRoot } from "../api/root";
import { Feed } from "../api/feed";
import type { Refusal, RootPage } from "../api/messages";
import {
  connection,
  dispatch,
  onFeed,
  setFeed,
  setFeedState,
  setHealth,
  setPhase,
  setRoot,
} from "./connection.svelte";
import { setEditing } from "./editing.svelte";
import { openExperiment } from "./experimentPage";
import { replaceExperiments } from "./experiments.svelte";
import { beginVisit } from "./keptView.svelte";
import { whatIsLookedAt } from "./look";
import { past } from "./past.svelte";
import { setRootSettings } from "./rootSettings.svelte";
import { openSettings } from "./settings.svelte";
import { readAddress, view } from "./view.svelte";

const AGAIN_MS = 2000;

// Whoever asks from an effect does not ask again whenever the address changes.
askAbout(() => untrack(() => past.text));
onFeed("resync", () => void showAgain());

/** Until the first page is there; again after signing in, or when somebody presses "Try again". */
export async function start(): Promise<void> {
  whenSignedOut(() => {
    setFeed(null);
    setPhase("signed-out");
  });
  try {
    const access = await openAccess();
    readAddress(); // without the token, which has been taken out of it
    if (access.state === "signed-out") {
      setPhase("signed-out", access.refusal);
      return;
    }
    const root = await fetchRoot(view.page);
    openSettings(root.path);
    show(root);
    // Where one run is all there is, its page is what a visit begins with.
    if (root.is_run && !location.hash && root.experiments[0]) openExperiment(root.experiments[0].id);
    beginVisit();
    setFeed(connect(root));
    setPhase("ready");
  } catch (error) {
    if (connection.phase !== "signed-out") setPhase("failed", toRefusal(error));
  }
}

/** End this browser's sign-in; rejects if the server does not answer. */
export async function leave(): Promise<void> {
  await signOut();
  setFeed(null);
  setPhase("signed-out");
}

function connect({ epoch, sequence }: RootPage): Feed {
  const feed = new Feed([epoch, sequence], { onMessage: dispatch, onState: setFeedState });
  feed.look(whatIsLookedAt());
  return feed;
}

function show(root: RootPage): void {
  setRoot(root);
  setHealth(root.health);
  setEditing(root.editing, root.roots);
  setRootSettings(root.people);
  replaceExperiments(root.experiments);
}

async function showAgain(): Promise<void> {
  try {
    show(await fetchRoot());
  } catch {
    // Until it is had, the page may not be what the feed goes on from.
    if (connection.phase === "ready") setTimeout(() => void showAgain(), AGAIN_MS);
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof RefusedError) return { error: error.message, hint: error.hint };
  return {
    error: "The server does not answer.",
    hint: "Is lavdlike still running, and the tunnel to it, if there is one?",
  };
}
