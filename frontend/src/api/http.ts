/** How the server is asked: a request can be given up with a signal; a refusal is a `RefusedError`. */
import { accessHeaders, addressKey, addressOf } from "./access";
import type { Refusal } from "./messages";

/** The server's answer was no: what is wrong and what to do. */
export class RefusedError extends Error {
  readonly status: number;
  readonly hint: string;

  constructor(status: number, refusal: Refusal) {
    super(refusal.error);
    this.name = "RefusedError";
    this.status = status;
    this.hint = refusal.hint;
  }
}

/** No answer came: the server is gone or the way to it. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super("The server does not answer.", { cause });
    this.name = "UnreachableError";
  }
}

export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

let onSignedOut: () => void = () => undefined;

/** What to do when the server no longer knows this browser (401). */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

type Parameter = string | number | boolean | undefined;
type Parameters = Record<string, Parameter | readonly string[]>;

export function keyed(path: string, parameters: Parameters): string {
  return addressOf(path + query({ ...parameters, key: addressKey() ?? undefined })).href;
}

export function query(parameters: Parameters): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value as Parameter]) {
      if (each !== undefined && each !== false) text.append(name, each === true ? "1" : String(each));
    }
  }
  return text.size > 0 ? `?${text}` : "";
}

/** A path that begins so is asked about the present, whatever past is looked at. */
export const PRESENT = "./";
const OF_THE_PAST =
  /^api\/(root|experiments|scalars|filter|compare-groups|importance|logs|log-search|rollouts)\b/;

let past = () => "";
let open = 0;

/** What says which past is asked about (`past.text`). */
export function askAbout(tell: () => string): void {
  past = tell;
}

/** How many requests are not answered yet. */
export const openRequests = () => open;

function withPast(path: string): string {
  const [, how, number] = /^([ts])(\d+(?:\.\d+)?)$/.exec(past()) ?? [];
  if (!number || !OF_THE_PAST.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${how === "t" ? "time" : "step"}=${number}`;
}

export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return (await send(path, { signal })).json() as Promise<Answer>;
}

export async function postJson<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  return (await send(path, { ...jsonBody(body), signal })).json() as Promise<Answer>;
}

export function jsonBody(body: unknown) {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

interface Sending {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
  signal: AbortSignal | undefined;
  /** A status that is no refusal, beside those of success. */
  alsoTaken?: number;
}

export async function send(path: string, sending: Sending, accept = "application/json"): Promise<Response> {
  const { signal, headers, alsoTaken, ...rest } = sending;
  let response: Response;
  open++;
  try {
    response = await fetch(addressOf(withPast(path)), {
      ...rest,
      headers: { Accept: accept, ...accessHeaders(), ...headers },
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    throw isAborted(error) ? error : new UnreachableError(error);
  } finally {
    open--;
  }
  if (response.ok || response.status === alsoTaken) return response;
  if (response.status === 401) onSignedOut();
  throw new RefusedError(response.status, await readRefusal(response));
}

async function readRefusal(response: Response): Promise<Refusal> {
  try {
    const refusal = (await response.json()) as Partial<Refusal>;
    if (refusal.error) return { error: refusal.error, hint: refusal.hint ?? "" };
  } catch {
    // A proxy's own page, not an answer of ours.
  }
  const hint = "The answer is not lavdlike's: look at what stands between the browser and the server.";
  return { error: `${response.status} ${response.statusText}`.trim(), hint };
}
