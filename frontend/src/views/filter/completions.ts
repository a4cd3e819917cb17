/** What could follow where somebody types a filter: fields, their values, functions. Pure. */
import { comparisonOf } from "../../lib/facetTerms";
import { quoted } from "../../lib/filterTerms";

/** A field as it stands in a filter, and its values as far as they are known. */
export interface KnownField {
  written: string;
  values: readonly { term: string; count: number }[];
}

export interface Vocabulary {
  fields: readonly KnownField[];
  /** Of scalars. */
  labels: readonly string[];
}

export interface Completion {
  shown: string;
  /** What takes the place of the text between `from` and `to`. */
  text: string;
  detail: string;
}

export interface Completions {
  from: number;
  to: number;
  options: readonly Completion[];
}

interface Spot {
  from: number;
  /** What may stand there; "nothing" that is known. */
  place: "field" | "value" | "label" | "name" | "nothing";
  /** Of a value: whose. */
  field: string;
  /** Of a label: which function's. */
  func: string;
}

const MOST = 12;
const NONE: readonly Completion[] = [];

const FUNCTIONS: Readonly<Record<string, string>> = {
  last: "last value",
  min: "smallest value",
  max: "largest value",
  mean: "mean of all values",
  best: "best by the goal",
  at: "value at a step",
  argmin: "step of the smallest",
  argmax: "step of the largest",
  count: "how many values",
};

const STATUSES = ["running", "stalled", "quiet", "finished", "crashed", "unknown"];

/** With what follows the name, and what it is. */
const BUILT_IN: readonly (readonly [name: string, operator: string, detail: string])[] = [
  ["status", "=", "running, crashed, …"],
  ["tag", "=", "tags"],
  ["folder", "=", "part of the name before /"],
  ["name", "~", "regular expression"],
  ["title", "~", "regular expression"],
  ["host", "=", "where it ran"],
  ["commit", "=", "git commit"],
  ["source", "=", "the program that wrote it"],
  ["kind", "=", "what was logged"],
  ["starred", "=", "true or false"],
  ["archived", "=", "true or false"],
  ["started", ">", "-7d, -12h, 2026-01-31"],
  ["changed", ">", "-7d, -12h, 2026-01-31"],
  ["duration", ">", "90m, 2h"],
];

const KNOWN_VALUES: Readonly<Record<string, readonly string[]>> = {
  status: STATUSES,
  starred: ["true", "false"],
  archived: ["true", "false"],
};

/** For a caret behind the word that is typed; elsewhere nothing is offered. */
export function completionsAt(text: string, caret: number, { fields, labels }: Vocabulary): Completions {
  const spot = spotAt(text, caret);
  const { from, place } = spot;
  const typed = text.slice(from, caret);
  const found = { from, to: caret, options: NONE };
  if (/^[^\s),]/u.test(text.slice(caret)) || place === "nothing") return found;
  const all =
    place === "value"
      ? valuesFor(spot, fields, text)
      : place === "label"
        ? labels.map((label) => labelIn(spot.func, label))
        : [...fieldsFor(fields, place), ...labelsFor(labels, place)];
  return { ...found, options: ranked(all, typed) };
}

/** The text with a completion in it, and where the caret is then. */
export function complete(text: string, { from, to }: Completions, { text: put }: Completion) {
  const isClosed = put.endsWith(")") && text[to] === ")";
  const changed = text.slice(0, from) + put + text.slice(isClosed ? to + 1 : to);
  return { text: changed, caret: from + put.length };
}

function spotAt(text: string, caret: number): Spot {
  const spot: Spot = { from: 0, place: "field", field: "", func: "" };
  let quote = "";
  const begin = (from: number, place: Spot["place"]) => Object.assign(spot, { from, place });
  for (let at = 0; at < caret; at++) {
    const letter = text[at]!;
    if (quote !== "") {
      if (letter === "\\") at++;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "(") {
      const word = text.slice(spot.from, at).toLowerCase();
      if (word in FUNCTIONS) Object.assign(spot, { func: word });
      begin(at + 1, word in FUNCTIONS ? "label" : word === "has" ? "name" : "field");
    } else if (/\s/u.test(letter)) {
      if (spot.place !== "label") begin(at + 1, "field");
    } else if (/[<>=~!]/u.test(letter)) {
      if (spot.place === "field") spot.field = text.slice(spot.from, at);
      begin(at + 1, letter === "=" && !/[<>]/u.test(text[at - 1] ?? "") ? "value" : "nothing");
    } else if (letter === ")" || (letter === "," && spot.place === "label")) begin(at + 1, "nothing");
    else if (letter === "," && spot.place === "value") spot.from = at + 1;
    else if (letter === "-" && at === spot.from && spot.place === "field") spot.from = at + 1;
  }
  return spot;
}

function fieldsFor(fields: readonly KnownField[], place: "field" | "name"): Completion[] {
  const close = place === "name" ? ")" : "";
  const names = new Set(BUILT_IN.map(([name]) => name));
  const ours = BUILT_IN.map(([name, operator, detail]) => ({
    shown: name,
    text: name + (close || operator),
    detail,
  }));
  const settings = fields
    .filter(({ written }) => !names.has(written))
    .map(({ written }) => ({ shown: written, text: written + (close || "="), detail: "setting" }));
  const functions = Object.entries(FUNCTIONS).map(([name, detail]) => ({
    shown: `${name}(`,
    text: `${name}(`,
    detail,
  }));
  const has = { shown: "has(", text: "has(", detail: "has it at all" };
  return close ? [...settings, ...ours] : [...settings, ...ours, ...functions, has];
}

function labelsFor(labels: readonly string[], place: "field" | "name"): Completion[] {
  const close = place === "name" ? ")" : "";
  return labels.map((label) => ({ shown: label, text: quoted(label) + close, detail: "last value" }));
}

function labelIn(func: string, label: string): Completion {
  return { shown: label, text: quoted(label) + (func === "at" ? ", " : ")"), detail: "label" };
}

/** Those that do not stand there yet. */
function valuesFor({ field, from }: Spot, fields: readonly KnownField[], text: string): Completion[] {
  const plain = field.replace(/^(?:run|config)\./u, "");
  const known =
    fields.find(({ written }) => written === field) ?? fields.find(({ written }) => written === plain);
  const counted = (known?.values ?? []).flatMap(({ term, count }) => {
    const value = comparisonOf(term)?.values[0];
    return value === undefined ? [] : [{ shown: value, text: value, detail: count.toLocaleString("en") }];
  });
  const fixed = field.startsWith("config.") ? [] : (KNOWN_VALUES[plain] ?? []);
  const others = fixed
    .filter((value) => !counted.some(({ text }) => text === value))
    .map((value) => ({ shown: value, text: value, detail: "" }));
  const before = text.slice(text.lastIndexOf("=", from) + 1, from).split(",");
  return [...counted, ...others].filter((value) => !before.includes(value.text));
}

/** First what begins as typed, then what has it anywhere. What is typed whole is no completion. */
function ranked(all: readonly Completion[], typed: string): readonly Completion[] {
  const wanted = typed.replace(/^["']/u, "").toLowerCase();
  if (wanted === "") return all.slice(0, MOST);
  const found = all.filter(({ shown, text }) => shown.toLowerCase().includes(wanted) && text !== typed);
  const begins = ({ shown }: Completion) => shown.toLowerCase().replace(/^["']/u, "").startsWith(wanted);
  return [...found.filter(begins), ...found.filter((each) => !begins(each))].slice(0, MOST);
}
