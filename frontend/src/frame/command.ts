/** A logged command (lavdlike/kinds/commands.py), what somebody changes of it, and the words to call it with. */

import type { CommandContent, OptionContent } from "../api/messages";

/** What is typed: "" is the default, a flag is on or off, or given so many times. */
export type Edit = string | string[] | boolean | number;
/** By argument (`Argument.key`). */
export type Edits = Readonly<Record<string, Edit>>;

export interface Argument {
  /** The same in every command of a script. */
  key: string;
  option: OptionContent;
  positional: boolean;
  /** null: none, as argparse's None. */
  value: unknown;
  logged: unknown;
  /** The value differs from what was logged. */
  edited: boolean;
  /** Why the value cannot be used; "" if it can. */
  problem: string;
}

/** Positionals in order, then options in the parser's. `help` is left out: it explains the script, it does not run it. */
export function argumentsOf(command: CommandContent, edits: Edits): Argument[] {
  const positionals = command.parser.positional;
  const given = spread(positionals, command.arguments.positional);
  return [
    ...positionals.map((option, index) => toArgument(option.name, option, true, given[index], edits)),
    ...Object.entries(command.parser.options)
      .filter(([name]) => name !== "help")
      .map(([name, option]) => toArgument(`-${name}`, option, false, command.arguments.options[name], edits)),
  ];
}

/** The words that one argument adds to the command; of the program itself `argument` is null. */
export interface Part {
  argument: Argument | null;
  words: string[];
}

/** The command that leads to these values, without what is the default anyway. */
export function commandParts(command: CommandContent, all: readonly Argument[]): Part[] {
  const program = { argument: null, words: [command.bin, command.script].filter((word) => word !== "") };
  const levels = [...new Set(["", ...all.map(({ option }) => option.subcommand)])];
  const parts = levels.flatMap((level, index) => {
    const here = all.filter(({ option }) => option.subcommand === level);
    return partsOfLevel(here, index < levels.length - 1);
  });
  return [program, ...parts].filter(({ words }) => words.length > 0);
}

/** Whether two values mean the same: lists by what is in them, numbers and their text alike. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => sameValue(value, b[index]));
  }
  if (isNone(a) || isNone(b)) return isNone(a) && isNone(b);
  return toWord(a) === toWord(b);
}

export function isDefault({ option, value }: Argument): boolean {
  const fallback = option.default ?? (option.type === "flag" ? false : null);
  return sameValue(value, fallback) || (option.type === "flag" && isNone(value));
}

/** As the script's parser reads it. */
export function toWord(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (isNone(value)) return "None";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** For people: a list as its words. */
export function describeValue(value: unknown): string {
  if (isNone(value)) return "";
  return Array.isArray(value) ? value.map(describeValue).join(" ") : toWord(value);
}

export type EditorKind = "flag" | "count" | "choice" | "single" | "list" | "none";

/** What a value of this argument is edited with. `count`: a flag that can be given several times. */
export function editorOf({ option, value }: Argument): EditorKind {
  if (Array.isArray(value) && value.some((entry) => Array.isArray(entry))) return "none";
  if (option.type === "flag") return typeof (value ?? option.default) === "number" ? "count" : "flag";
  if (takesMany(option) || Array.isArray(value)) return "list";
  return option.choices ? "choice" : "single";
}

/** How many entries a list has to have; null: any number. */
export function fixedCount({ option }: Argument): number | null {
  return typeof option.count === "number" && option.count > 0 ? option.count : null;
}

/** The entries of a list that is edited. */
export function entriesOf(argument: Argument): string[] {
  const { value } = argument;
  const entries = Array.isArray(value) ? value.map(describeValue) : isNone(value) ? [] : [toWord(value)];
  const count = fixedCount(argument);
  return count === null || isRepeated(argument)
    ? entries
    : Array.from({ length: count }, (_, at) => entries[at] ?? "");
}

/** Values in order belong to positionals in order; without enough of them, those go empty that can. */
function spread(positionals: readonly OptionContent[], values: readonly unknown[]): unknown[] {
  const needsOne = ({ count }: OptionContent) => count !== "?" && count !== "*" && count !== "...";
  let next = 0;
  return positionals.map((option, index) => {
    const left = values.length - next;
    const needed = positionals.slice(index + 1).filter(needsOne).length;
    return left > 0 && (needsOne(option) || left > needed) ? values[next++] : null;
  });
}

function toArgument(
  key: string,
  option: OptionContent,
  positional: boolean,
  logged: unknown,
  edits: Edits,
): Argument {
  const value = logged ?? null;
  const argument = { key, option, positional, value, logged: value, edited: false, problem: "" };
  const edit = Object.hasOwn(edits, key) ? edits[key] : undefined;
  if (edit === undefined) return argument;
  const changed = applyEdit(argument, edit);
  return {
    ...argument,
    value: changed,
    edited: !sameValue(changed, value),
    problem: problemOf(argument, changed),
  };
}

function applyEdit({ option }: Argument, edit: Edit): unknown {
  if (edit === "") return option.default ?? null;
  if (!Array.isArray(edit)) return edit;
  const fallback: unknown[] = Array.isArray(option.default) ? option.default : [];
  const filled = edit.map((entry, index) =>
    entry === "" && option.count !== null ? (fallback[index] ?? "") : entry,
  );
  return filled.every((entry) => entry === "") && filled.length > 0 ? (option.default ?? null) : filled;
}

const NUMBERS: Record<string, RegExp> = {
  int: /^\s*[-+]?\d+(?:_\d+)*\s*$/,
  float: /^\s*[-+]?(?:(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?|inf(?:inity)?|nan)\s*$/i,
};

function problemOf(argument: Argument, value: unknown): string {
  const { option } = argument;
  const entries: unknown[] = Array.isArray(value) ? value : isNone(value) ? [] : [value];
  if (Array.isArray(value) && entries.some((entry) => entry === "")) {
    const count = fixedCount(argument);
    return count === null ? "An entry is empty" : `Needs ${count} values`;
  }
  if (entries.length === 0 && (option.count === "+" || (argument.positional && option.count === null))) {
    return "Needs a value";
  }
  const pattern = option.type === "flag" ? undefined : NUMBERS[option.type];
  const wrong = pattern && entries.find((entry) => !pattern.test(toWord(entry)));
  if (wrong === undefined) return "";
  return `${toWord(wrong)} is not ${option.type === "int" ? "a whole number" : "a number"}`;
}

/** `beforeSubcommand`: its positionals end in a sub-command, to which everything after it belongs. */
function partsOfLevel(here: readonly Argument[], beforeSubcommand: boolean): Part[] {
  const toPart = (argument: Argument) => ({ argument, words: wordsOf(argument) });
  const positionals = here.filter(({ positional }) => positional).map(toPart);
  const options = here.filter(({ positional }) => !positional).map(toPart);
  const rest = positionals.filter(({ argument }) => argument.option.count === "...");
  const others = positionals.filter(({ argument }) => argument.option.count !== "...");
  if (beforeSubcommand) {
    // What takes any number of words would take the sub-command, too.
    const isOpen = ({ argument }: Part) => (argument && takesAnyNumber(argument.option) ? 0 : 1);
    return [...options.sort((a, b) => isOpen(a) - isOpen(b)), ...positionals];
  }
  // After `--` nothing is an option.
  if (others.some(({ words }) => words.some(looksLikeOption))) {
    return [...options, { argument: null, words: ["--"] }, ...positionals];
  }
  return [...others, ...options, ...rest];
}

function wordsOf(argument: Argument): string[] {
  const { option, positional, value } = argument;
  if (positional) return isNone(value) ? [] : toWords(value);
  if (isDefault(argument)) return [];
  const name = optionWord(option.name, option.short);
  if (option.type === "flag") return flagWords(option, name, value);
  if (isNone(value)) return [];
  if (isRepeated(argument)) return (value as unknown[]).flatMap((each) => withValue(name, each));
  return withValue(name, value);
}

function flagWords({ negative, default: fallback }: OptionContent, name: string, value: unknown): string[] {
  if (negative !== "" && value === false) return [`--${negative}`];
  const before = typeof fallback === "number" ? fallback : Array.isArray(fallback) ? fallback.length : 0;
  const times = typeof value === "number" ? value : Array.isArray(value) ? value.length : before + 1;
  return Array<string>(Math.max(0, Math.min(100, times - before))).fill(name);
}

function withValue(name: string, value: unknown): string[] {
  const words = toWords(value);
  const [only] = words;
  if (words.length === 1 && only !== undefined && looksLikeOption(only) && name.startsWith("--")) {
    return [`${name}=${only}`];
  }
  return [name, ...words];
}

/** `action="append"`: the option is given once for each value. */
function isRepeated({ option, value }: Argument): boolean {
  if (!Array.isArray(value) || option.type === "flag" || option.count === "?") return false;
  return !takesMany(option) || (value.length > 0 && value.every((each) => Array.isArray(each)));
}

function takesMany({ count, type }: OptionContent): boolean {
  if (type === "flag" || count === null || count === "?" || count === "A...") return false;
  return typeof count === "string" || count > 0;
}

function takesAnyNumber({ count, type }: OptionContent): boolean {
  return type !== "flag" && typeof count === "string";
}

function toWords(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap(toWords) : [toWord(value)];
}

function optionWord(name: string, short: string): string {
  return name === short ? `-${name}` : `--${name}`;
}

/** argparse takes negative numbers for values. */
function looksLikeOption(word: string): boolean {
  return word.startsWith("-") && word !== "-" && !/^-\d+$|^-\d*\.\d+$/.test(word) && !word.includes(" ");
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
