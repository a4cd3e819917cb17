/** Opens the page's connection and gives every message of the feed to the values it changes. */
import { openAccess } from "../api/access";
import { fetchRoot, RefusedError, whenSignedOut } from "../api/client";
import { Feed, type FeedListener } from "../api/feed";
import type { FeedMessage, Refusal, RootPage } from "../api/messages";
import {
  applyItemsChanged,
  refreshCatalogue,
  refreshCatalogues,
  retryFailedCatalogues,
} from "./catalogues.svelte";
import { giveColours } from "./colours.svelte";
import {
  connection,
  dispatch,
  setFeed,
  setFeedState,
  setHealth,
  setPhase,
  setRoot,
} from "./connection.svelte";
import { applyExperimentsChanged, replaceExperiments } from "./experiments.svelte";
import { applyChangedItems, refreshItems, retryFailedItems } from "./items.svelte";
import { isWatched, whatIsLookedAt } from "./look";
import {
  applyPointsAdded,
  refreshAllScalarLabels,
  refreshScalarLabels,
  retryFailedScalarLabels,
} from "./scalarLabels.svelte";
import { openSettings } from "./settings.svelte";
import { readAddress } from "./view.svelte";

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
    const root = await fetchRoot();
    openSettings(root.path);
    show(root);
    setFeed(connect(root));
    setPhase("ready");
  } catch (error) {
    if (connection.phase !== "signed-out") setPhase("failed", toRefusal(error));
  }
}

function connect({ epoch, sequence }: RootPage): Feed {
  const feed = new Feed([epoch, sequence], { onMessage: take, onHealth: setHealth, onState: changeState });
  feed.look(whatIsLookedAt());
  return feed;
}

function changeState(...changed: Parameters<FeedListener["onState"]>): void {
  const before = connection.state;
  setFeedState(...changed);
  const [now] = changed;
  if (before === now || (now !== "live" && now !== "polling")) return;
  retryFailedCatalogues();
  retryFailedScalarLabels();
  retryFailedItems();
}

function show(root: RootPage): void {
  setRoot(root);
  setHealth(root.health);
  replaceExperiments(root.experiments);
  giveColours();
}

function take(message: FeedMessage): void {
  switch (message.type) {
    case "experiments":
      applyExperimentsChanged(message);
      giveColours();
      for (const { id } of message.changed) if (!isWatched(id)) refreshExperiment(id);
      for (const id of message.removed) refreshExperiment(id);
      break;
    case "items":
      applyItemsChanged(message);
      applyChangedItems(message);
      break;
    case "points":
      applyPointsAdded(message);
      break;
    case "scalars":
      refreshScalarLabels(message.experiment);
      break;
    case "resync":
      void refreshAll();
      break;
    case "file":
    case "health":
    case "hello":
      break;
  }
  dispatch(message);
}

function refreshExperiment(id: string): void {
  refreshCatalogue(id);
  refreshScalarLabels(id);
  refreshItems(id);
}

async function refreshAll(): Promise<void> {
  refreshCatalogues();
  refreshAllScalarLabels();
  refreshItems();
  try {
    show(await fetchRoot());
  } catch {
    // The feed shows that the server is gone, and brings a resync when it is back.
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof RefusedError) return { error: error.message, hint: error.hint };
  return {
    error: "The server does not answer.",
    hint: "Is lavdlike still running, and the tunnel to it, if there is one?",
  };
}
