/** Whether the page is connected, to what, and what the server says of how it watches. */
import { signIn as exchange } from "../api/access";
import type { Feed, FeedState, LookedAt } from "../api/feed";
import type { FeedMessage, FrameKind, Health, PageRoot, Refusal, RootPage } from "../api/messages";
import { past } from "./past.svelte";

/**
 * `opening`: nothing is known yet. `signed-out`: the server asks for a sign-in. `failed`: the first page could not be
 * had. `ready`: there is data to show; `feed` says how fresh it is.
 */
export type Phase = "opening" | "signed-out" | "failed" | "ready";

/**
 * What is shown. `path`: a line for each of `roots`, which are one or several. `htmlScripts`: scripts of HTML files run.
 * `kinds`: that packages on the server bring.
 */
export interface ShownRoot {
  readonly name: string;
  readonly path: string;
  readonly htmlScripts: boolean;
  readonly kinds: readonly FrameKind[];
  readonly roots: readonly PageRoot[];
}

/** So many failed attempts in a row, and the server is called gone. */
const FAILURES_UNTIL_GONE = 4;

let phase = $state<Phase>("opening");
let refusal = $state.raw<Refusal | null>(null);
let feedState = $state<FeedState>("connecting");
let failures = $state(0);
let reason = $state("");
let health = $state.raw<Health | null>(null);
let root = $state.raw<ShownRoot>({ name: "", path: "", htmlScripts: false, kinds: [], roots: [] });
let feed: Feed | null = null;

export const connection = {
  get phase(): Phase {
    return phase;
  },
  /** Why there is no data, in phases `signed-out` and `failed`. */
  get refusal(): Refusal | null {
    return refusal;
  },
  get state(): FeedState | "gone" {
    return feedState === "reconnecting" && failures >= FAILURES_UNTIL_GONE ? "gone" : feedState;
  },
  /** What the server gave as its reason for closing; "" if nothing. */
  get reason(): string {
    return reason;
  },
  get health(): Health | null {
    return health;
  },
  get root(): ShownRoot {
    return root;
  },
  /** The server answers, and the folder that it shows is not there. */
  get isFolderGone(): boolean {
    return connection.state !== "gone" && health !== null && !health.root_present;
  },
  retry(): void {
    feed?.retry();
  },
};

export function setPhase(changed: Phase, why: Refusal | null = null): void {
  phase = changed;
  refusal = why;
}

export function setRoot({ name, path, html_scripts, kinds, roots }: RootPage): void {
  root = { name, path, htmlScripts: html_scripts, kinds, roots };
}

export function setHealth(changed: Health): void {
  health = changed;
}

export function setFeedState(changed: FeedState, howOften: number, why: string): void {
  const before = connection.state;
  feedState = changed;
  failures = howOften;
  reason = why;
  if (before !== changed && (changed === "live" || changed === "polling"))
    for (const tell of whenAnswered) tell();
}

const whenAnswered = new Set<() => void>();

/** The server answers (again): what could not be had before may be now. Returns the end of it. */
export function onAnswering(tell: () => void): () => void {
  whenAnswered.add(tell);
  return () => whenAnswered.delete(tell);
}

export function setFeed(changed: Feed | null): void {
  feed?.close();
  feed = changed;
}

export function sendLook(looked: LookedAt): void {
  feed?.look(looked);
}

/** Exchange the token (or the printed link), or a name and password; says in words why not. */
export async function signIn(input: string, name = ""): Promise<boolean> {
  const access = await exchange(input, name);
  if (access.state === "open") return true;
  refusal = access.refusal;
  return false;
}

type Handlers = {
  [Type in FeedMessage["type"]]?: Set<(message: Extract<FeedMessage, { type: Type }>) => void>;
};

const handlers: Handlers = {};

/**
 * Hear every message of one type: the only way that messages go. Returns the end of it, so that it can be an effect's
 * teardown: `$effect(() => onFeed("points", (message) => ...))`. On `resync` everything shown is to be asked for again.
 */
export function onFeed<Type extends FeedMessage["type"]>(
  type: Type,
  handle: (message: Extract<FeedMessage, { type: Type }>) => void,
): () => void {
  const listening = ((handlers[type] as Set<typeof handle> | undefined) ??= new Set());
  (handlers as Record<Type, Set<typeof handle>>)[type] = listening;
  listening.add(handle);
  return () => listening.delete(handle);
}

/** To those who hear it, in the order in which they asked to: modules of state before what shows them. */
export function dispatch(message: FeedMessage): void {
  if (past.holds(message)) return;
  for (const handle of (handlers[message.type] ?? []) as Set<(message: FeedMessage) => void>) handle(message);
}

onFeed("hello", (message) => setHealth(message.health));
onFeed("health", (message) => setHealth(message.health));
