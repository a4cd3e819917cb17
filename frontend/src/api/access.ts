/**
 * Whether this browser may read, and the two secrets that go with its cookie (docs/protocol.md, "Signing in").
 * They are kept per server in localStorage; a token, or a name and password, is exchanged for them once.
 */
import { forget, keep, readKept } from "../lib/kept";
import type { Refusal, SessionPage, SignedIn, SignInRequest } from "./messages";

export type Access = { state: "open" } | { state: "signed-out"; refusal: Refusal | null };

interface Secrets {
  page_secret: string;
  address_key: string;
}

let instance = "";
let asks: SessionPage["asks"] = "token";
let needsSignIn = false;
let secrets: Secrets | null = null;

/** Absolute address of something of the server, wherever the page is mounted. */
export function addressOf(path: string): URL {
  const base = new URL(document.baseURI);
  base.hash = "";
  base.search = "";
  return new URL(path, base);
}

/** Headers that every request to `api/` carries. */
export function accessHeaders(): Record<string, string> {
  return secrets ? { "X-Lavdlike-Page": secrets.page_secret } : {};
}

/** Subprotocols of the socket: it cannot carry headers. */
export function feedProtocols(): string[] {
  return secrets ? ["lavdlike.feed", `lavdlike.page.${secrets.page_secret}`] : ["lavdlike.feed"];
}

/** What `<img>`, `<video>` and frames need in their addresses; null if nothing. */
export function addressKey(): string | null {
  return secrets?.address_key ?? null;
}

/** Called once at the start: takes the token out of the address, or looks whether the cookie is still good. */
export async function openAccess(): Promise<Access> {
  const token = takeTokenFromAddress();
  return token === null ? lookAtSession() : signIn(token);
}

/** What the server's sign-in page asks for. */
export function askedFor(): SessionPage["asks"] {
  return asks;
}

/** Whether this browser is signed in with something that it could give back. */
export function canSignOut(): boolean {
  return needsSignIn && secrets !== null;
}

/** End the sign-in of this browser. */
export async function signOut(): Promise<void> {
  const response = await fetch(addressOf("api/sign-out"), { method: "POST", headers: accessHeaders() });
  if (!response.ok && response.status !== 401) throw new Error(`api/sign-out answered ${response.status}`);
  forget(storageKey());
  secrets = null;
}

/** `input`: the token, or the printed link that ends in it; with a `name`, that person's password or token. */
export async function signIn(input: string, name = ""): Promise<Access> {
  const token = name ? input : tokenIn(input);
  const response = await fetch(addressOf("api/sign-in"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, name } satisfies SignInRequest),
  });
  if (!response.ok) return { state: "signed-out", refusal: (await response.json()) as Refusal };
  const signedIn = (await response.json()) as SignedIn;
  ({ instance } = signedIn);
  secrets = { page_secret: signedIn.page_secret, address_key: signedIn.address_key };
  keep(storageKey(), secrets);
  const session = await fetchSession();
  if ("error" in session) return { state: "signed-out", refusal: session };
  return session.signed_in ? { state: "open" } : { state: "signed-out", refusal: cookieLost() };
}

function tokenIn(input: string): string {
  const found = /token=([^&\s]+)/.exec(input)?.[1];
  return found ? decodeURIComponent(found) : input.trim();
}

function cookieLost(): Refusal {
  return {
    error: "That is right, but this browser does not send the sign-in back.",
    hint: `Either it refuses cookies, or --base-url is not the path of this page, which is ${addressOf(".").pathname}`,
  };
}

/** Ask the server whether cookie and secrets are (still) good. */
export async function lookAtSession(signal?: AbortSignal): Promise<Access> {
  const first = await fetchSession(signal);
  if ("error" in first) return { state: "signed-out", refusal: first };
  if (!first.needs_token) return { state: "open" };
  secrets = keptSecrets();
  return first.signed_in && secrets ? { state: "open" } : { state: "signed-out", refusal: null };
}

/** A refusal where a proxy has to say who asks, and does not. */
async function fetchSession(signal?: AbortSignal): Promise<SessionPage | Refusal> {
  const response = await fetch(addressOf("api/session"), {
    headers: accessHeaders(),
    ...(signal ? { signal } : {}),
  });
  if (response.status === 401) return (await response.json()) as Refusal;
  if (!response.ok) throw new Error(`api/session answered ${response.status}`);
  const session = (await response.json()) as SessionPage;
  ({ instance, asks, needs_token: needsSignIn } = session);
  return session;
}

function takeTokenFromAddress(): string | null {
  const found = /[#&]token=([^&]+)/.exec(location.hash);
  if (!found?.[1]) return null;
  const rest = location.hash.replace(found[0], "").replace(/^#?&?/, "#");
  history.replaceState(null, "", rest === "#" ? location.pathname + location.search : rest);
  return decodeURIComponent(found[1]);
}

function storageKey(): string {
  return `lavdlike.access.${instance}`;
}

function keptSecrets(): Secrets | null {
  return (readKept(storageKey()) as Secrets | undefined) ?? null;
}
