/**
 * What is looked at, as the address says it: `#/page?name=value&...`. Reload, back button and a copied link work because
 * nothing of it is kept anywhere else. Pages add their own parameters, named `page.name`.
 */
import { queryOfOld } from "../lib/filterWords";
import { compileFilter, decodeFilter, encodeFilter, NO_FILTER, type Filter } from "../lib/filter";

export const FIRST_PAGE = "overview";
/**
 * Safari refuses more than 100 changes of the address in 30 s. So many are written at once, and each of these pauses allows
 * another one.
 */
const WRITES_AT_ONCE = 30;
const WRITE_PAUSE_MS = 500;

interface Options {
  /** The back button returns to what was before. */
  step?: boolean;
}

type Parameters = ReadonlyMap<string, readonly string[]>;

const NO_VALUES: readonly string[] = [];

let page = $state(FIRST_PAGE);
let parameters = $state.raw<Parameters>(new Map());
/** What was changed since the address was last written is written then. */
let pending: ReturnType<typeof setTimeout> | undefined;
/** The time from which on all may be written at once again. */
let restedAt = -Infinity;
/** Whether a button or finger is down: what is being dragged changes with each move of it. */
let isHeld = false;
let told: () => void = () => undefined;

readAddress();
addEventListener("popstate", readAddress);
addEventListener("pointerdown", () => (isHeld = true), true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (isHeld = false), true);
// Whoever reloads has let go of what they dragged; when the page goes it is too late for the address of a reload.
for (const type of ["pointerup", "change", "visibilitychange", "pagehide"]) addEventListener(type, write);

export const view = {
  get page(): string {
    return page;
  },
};

/** The address of a page with everything else as it is now, for links. */
export function addressOfPage(name: string, changes: Record<string, string> = {}): string {
  const changed = new Map(parameters);
  for (const [parameter, value] of Object.entries(changes)) changed.set(parameter, [value]);
  return format(name, changed);
}

export function showPage(name: string, changes: Record<string, string> = {}): void {
  write();
  const address = addressOfPage(name, changes);
  if (address !== location.hash) history.pushState(null, "", address);
  readAddress();
}

/** All values of a parameter; none if it is not in the address. */
export function readParameter(name: string): readonly string[] {
  return parameters.get(name) ?? NO_VALUES;
}

export function writeParameter(name: string, values: readonly string[], options: Options = {}): void {
  const before = parameters.get(name) ?? [];
  if (before.length === values.length && before.every((value, index) => value === values[index])) return;
  if (options.step) write();
  const changed = new Map(parameters);
  if (values.length) changed.set(name, values);
  else changed.delete(name);
  parameters = changed;
  if (!options.step) writeSoon();
  else {
    history.pushState(null, "", format(page, parameters));
    told();
  }
}

/** What is opened, or the place one is at, at this moment. */
const PASSING = /\.(open|at|large|search)$|^(step|until|view|rows|cols|width|height)$/;

/** What of the address can be kept as the view that others, or later visits, begin with. */
export function lastingParameters(): Record<string, string[]> {
  const lasting = [...parameters].filter(([name]) => !PASSING.test(name));
  return Object.fromEntries(lasting.map(([name, values]) => [name, [...values]]));
}

/** Instead of all that lasts; the back button returns to it. */
export function setLasting(changed: Readonly<Record<string, readonly string[]>>): void {
  write();
  const passing = [...parameters].filter(([name]) => PASSING.test(name));
  history.pushState(null, "", format(page, new Map([...passing, ...Object.entries(changed)])));
  readAddress();
}

/** Is called when the page has written another address, not when one was opened. */
export function whenWritten(tell: () => void): void {
  told = tell;
}

/** A visit whose address says nothing begins with these parameters. */
export function beginWith(begin: Readonly<Record<string, readonly string[]>>): void {
  if (parameters.size > 0 || Object.keys(begin).length === 0) return;
  parameters = carriedOver(new Map(Object.entries(begin)));
  writeSoon();
}

interface Codec<Value> {
  /** undefined if the text means nothing: the fallback is taken. */
  decode: (text: string) => Value | undefined;
  encode: (value: Value) => string;
}

/**
 * One parameter of the address with a type of its own. The fallback is not written. The value stays the same object until
 * the parameter's own text changes: what is made from it is not made anew when others do, sixty times a second.
 */
export class Parameter<Value> {
  readonly #name: string;
  readonly #fallback: Value;
  readonly #codec: Codec<Value>;
  readonly #step: boolean;
  readonly #text = $derived.by(() => readParameter(this.#name)[0]);
  readonly #value: Value = $derived.by(() => {
    return (this.#text === undefined ? undefined : this.#codec.decode(this.#text)) ?? this.#fallback;
  });

  constructor(name: string, fallback: Value, codec: Codec<Value>, options: Options = {}) {
    this.#name = name;
    this.#fallback = fallback;
    this.#codec = codec;
    this.#step = options.step ?? false;
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    const text = this.#codec.encode(value);
    const isFallback = text === this.#codec.encode(this.#fallback);
    writeParameter(this.#name, isFallback ? [] : [text], { step: this.#step });
  }
}

export function numberParameter(name: string, fallback: number, options?: Options): Parameter<number> {
  const decode = (text: string) =>
    text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
  return new Parameter(name, fallback, { decode, encode: String }, options);
}

export function flagParameter(name: string, fallback: boolean, options?: Options): Parameter<boolean> {
  const decode = (text: string) => (text === "1" ? true : text === "0" ? false : undefined);
  return new Parameter(name, fallback, { decode, encode: (value) => (value ? "1" : "0") }, options);
}

export function textParameter(name: string, fallback: string, options?: Options): Parameter<string> {
  return new Parameter(name, fallback, { decode: (text) => text, encode: (text) => text }, options);
}

export function choiceParameter<Choice extends string>(
  name: string,
  choices: readonly [Choice, ...Choice[]],
  options?: Options,
): Parameter<Choice> {
  const decode = (text: string) => choices.find((choice) => choice === text);
  return new Parameter(name, choices[0], { decode, encode: (choice: Choice) => choice }, options);
}

/** A filter, and what it lets through: while an invalid expression is being typed, what the last valid one did. */
export class FilterParameter extends Parameter<Filter> {
  #lastValid = NO_FILTER;
  readonly #valid = $derived.by(() => {
    if (compileFilter(this.value).error === null) this.#lastValid = this.value;
    return this.#lastValid;
  });
  readonly #compiled = $derived.by(() => compileFilter(this.#valid));

  get valid(): Filter {
    return this.#valid;
  }

  get matches(): (name: string) => boolean {
    return this.#compiled.matches;
  }

  get matchesAny(): (texts: readonly string[]) => boolean {
    return this.#compiled.matchesAny;
  }
}

export function filterParameter(name: string): FilterParameter {
  return new FilterParameter(name, NO_FILTER, { decode: decodeFilter, encode: encodeFilter });
}

/** Any JSON value; `isValue` checks what somebody else may have written. */
export function jsonParameter<Value>(
  name: string,
  fallback: Value,
  isValue: (value: unknown) => value is Value,
  options?: Options,
): Parameter<Value> {
  const decode = (text: string) => {
    try {
      const value: unknown = JSON.parse(text);
      return isValue(value) ? value : undefined;
    } catch {
      return undefined;
    }
  };
  return new Parameter(name, fallback, { decode, encode: (value) => JSON.stringify(value) }, options);
}

/** The address was changed by other means than those of this module. */
export function readAddress(): void {
  clearTimeout(pending);
  pending = undefined;
  const [path = "", search = ""] = splitOnce(location.hash.replace(/^#\/?/, ""), "?");
  const found = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  page = path || FIRST_PAGE;
  parameters = carriedOver(found);
}

/** Addresses of before have the filter of experiments as `filter`. */
function carriedOver(found: Map<string, readonly string[]>): Parameters {
  const query = queryOfOld(decodeFilter(found.get("filter")?.[0] ?? ""));
  if (query && !found.has("q")) found.set("q", [query]);
  found.delete("filter");
  return found;
}

/**
 * At once, with what else changes in the same moment; later if it was written often lately, or while somebody drags:
 * then each change is drawn, and the time that the address takes is missing there.
 */
function writeSoon(): void {
  if (pending !== undefined) return;
  const rest = restedAt - (WRITES_AT_ONCE - 1) * WRITE_PAUSE_MS - performance.now();
  const wait = Math.max(isHeld ? WRITE_PAUSE_MS : 0, rest);
  pending = setTimeout(write, Math.max(0, wait));
  if (wait <= 0) queueMicrotask(write);
}

function write(): void {
  if (pending === undefined) return;
  clearTimeout(pending);
  pending = undefined;
  restedAt = Math.max(restedAt, performance.now()) + WRITE_PAUSE_MS;
  history.replaceState(null, "", format(page, parameters));
  told();
}

function format(name: string, all: Parameters): string {
  const pairs = [...all].flatMap(([parameter, values]) => values.map((value) => [parameter, value]));
  return `#/${name}${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
