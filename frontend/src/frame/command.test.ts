import { expect, test } from "vitest";
import type { CommandContent, OptionContent } from "../api/messages";
import { argumentsOf, commandParts, describeValue, editorOf, entriesOf, type Edits } from "./command";
import { quoteWords } from "./shell";

function option(name: string, details: Partial<OptionContent> = {}): OptionContent {
  const nothing = { type: "string", short: "", negative: "", subcommand: "", description: "" };
  return { ...nothing, name, default: null, count: null, choices: null, ...details };
}

interface Logged {
  positional?: OptionContent[];
  options?: OptionContent[];
  values?: unknown[];
  given?: Record<string, unknown>;
}

function command({ positional = [], options = [], values = [], given = {} }: Logged): CommandContent {
  return {
    bin: "python",
    script: "train.py",
    parser: { positional, options: Object.fromEntries(options.map((each) => [each.name, each])) },
    arguments: { positional: values, options: given },
  };
}

/** What stands after `python train.py`. */
function line(logged: Logged, edits: Edits = {}): string {
  const content = command(logged);
  const words = commandParts(content, argumentsOf(content, edits)).flatMap((part) => part.words);
  return quoteWords(words.slice(2));
}

const flag = (name: string, details: Partial<OptionContent> = {}) =>
  option(name, { type: "flag", count: 0, default: false, ...details });

test("only what differs from its default is said", () => {
  const options = [
    option("epochs", { type: "int", default: 10 }),
    option("rate", { type: "float", default: 0.001 }),
  ];
  expect(line({ options, given: { epochs: 3, rate: 0.001 } })).toBe("--epochs 3");
  expect(line({ options, given: { epochs: 10 } })).toBe("");
});

test("positionals come first, as they were given", () => {
  const logged = {
    positional: [option("dataset"), option("extra", { count: "*" })],
    options: [option("output")],
    values: ["my data.csv", ["a", "b"]],
    given: { output: "out" },
  };
  expect(line(logged)).toBe("'my data.csv' a b --output out");
});

test("a positional without a value leaves its place to those that need one", () => {
  const positional = [option("source", { count: "?" }), option("target")];
  expect(line({ positional, values: ["t"] })).toBe("t");
  expect(argumentsOf(command({ positional, values: ["t"] }), {}).map(({ value }) => value)).toEqual([
    null,
    "t",
  ]);
  expect(line({ positional, values: ["s", "t"] })).toBe("s t");
});

test("what looks like an option but is a value is kept apart", () => {
  expect(line({ options: [option("note")], given: { note: "-x" } })).toBe("--note=-x");
  expect(line({ options: [option("shift", { type: "int" })], given: { shift: -5 } })).toBe("--shift -5");
  const logged = {
    positional: [option("name")],
    values: ["--odd"],
    options: [option("note")],
    given: { note: "a" },
  };
  expect(line(logged)).toBe("--note a -- --odd");
});

test.each([
  ["a switch that is on", flag("shuffle"), true, "--shuffle"],
  ["a switch that is off", flag("shuffle"), false, ""],
  ["a switch that switches off", flag("no-cache", { default: true }), false, "--no-cache"],
  ["on and off, off", flag("shuffle", { default: true, negative: "no-shuffle" }), false, "--no-shuffle"],
  ["on and off, on", flag("shuffle", { default: null, negative: "no-shuffle" }), true, "--shuffle"],
  ["a count", flag("verbose", { default: 0, short: "v" }), 2, "--verbose --verbose"],
  ["a count above its default", flag("q", { default: 1, short: "q" }), 2, "-q"],
  ["a constant", flag("adam", { default: "sgd" }), "adam", "--adam"],
])("%s", (_, each, value, expected) => {
  expect(line({ options: [each], given: { [each.name]: value } })).toBe(expected);
});

test("lists follow their option, repeated options are repeated", () => {
  expect(line({ options: [option("sizes", { count: "+", type: "int" })], given: { sizes: [1, 2] } })).toBe(
    "--sizes 1 2",
  );
  expect(line({ options: [option("tag")], given: { tag: ["a", "b"] } })).toBe("--tag a --tag b");
  const pairs = [option("set", { count: 2 })];
  expect(
    line({
      options: pairs,
      given: {
        set: [
          ["a", "1"],
          ["b", "2"],
        ],
      },
    }),
  ).toBe("--set a 1 --set b 2");
  expect(line({ options: [option("off", { count: "*", default: ["x"] })], given: { off: [] } })).toBe(
    "--off",
  );
});

test("an option with only a short name has one dash", () => {
  expect(line({ options: [option("e", { short: "e" })], given: { e: "1" } })).toBe("-e 1");
});

test("arguments of a sub-command stand behind it, those of the program before it", () => {
  const logged = {
    positional: [
      option("command", { count: "A...", choices: ["fit"] }),
      option("data", { subcommand: "fit" }),
    ],
    values: ["fit", "d.csv"],
    options: [
      option("level"),
      option("epochs", { type: "int", subcommand: "fit" }),
      option("on", { count: "+" }),
    ],
    given: { level: "debug", epochs: 3, on: ["a"] },
  };
  expect(line(logged)).toBe("--on a --level debug fit d.csv --epochs 3");
});

test("edits change the command, an empty one means the default", () => {
  const logged = {
    positional: [option("dataset")],
    values: ["a.csv"],
    options: [
      option("epochs", { type: "int", default: 10 }),
      flag("shuffle"),
      option("sizes", { count: 2, default: [1, 2] }),
    ],
    given: { epochs: 3, shuffle: true },
  };
  expect(line(logged, { dataset: "b c.csv", "-epochs": "5" })).toBe("'b c.csv' --epochs 5 --shuffle");
  expect(line(logged, { "-epochs": "", "-shuffle": false })).toBe("a.csv");
  expect(line(logged, { "-sizes": ["7", ""] })).toBe("a.csv --epochs 3 --shuffle --sizes 7 2");
  expect(line(logged, { "-sizes": ["", ""] })).toBe("a.csv --epochs 3 --shuffle");
});

test("an edit that is what was logged is no edit", () => {
  const content = command({ options: [option("epochs", { type: "int" })], given: { epochs: 3 } });
  expect(argumentsOf(content, { "-epochs": "3" })[0]?.edited).toBe(false);
  expect(argumentsOf(content, { "-epochs": "4" })[0]?.edited).toBe(true);
});

test.each([
  [option("n", { type: "int" }), "x", "x is not a whole number"],
  [option("n", { type: "int" }), "1_000", ""],
  [option("n", { type: "float" }), "1e-3", ""],
  [option("n", { type: "float" }), "-inf", ""],
  [option("n", { type: "float" }), "1,5", "1,5 is not a number"],
  [option("n", { count: "+" }), [], "Needs a value"],
  [option("n", { count: 2 }), ["a", ""], "Needs 2 values"],
])("%j cannot be %j: %s", (each, edit, problem) => {
  expect(argumentsOf(command({ options: [each] }), { "-n": edit })[0]?.problem).toBe(problem);
});

test("each argument has the editor of its kind", () => {
  const editor = (each: OptionContent, value: unknown) => {
    const [argument] = argumentsOf(command({ options: [each], given: { [each.name]: value } }), {});
    return argument && [editorOf(argument), entriesOf(argument)];
  };
  expect(editor(flag("a"), true)?.[0]).toBe("flag");
  expect(editor(flag("a", { default: 0 }), 2)?.[0]).toBe("count");
  expect(editor(option("a", { choices: ["x", "y"] }), "x")?.[0]).toBe("choice");
  expect(editor(option("a"), "text")?.[0]).toBe("single");
  expect(editor(option("a", { count: "+" }), [1, 2])).toEqual(["list", ["1", "2"]]);
  expect(editor(option("a", { count: 2 }), null)).toEqual(["list", ["", ""]]);
  expect(editor(option("a"), ["x"])?.[0]).toBe("list");
  expect(editor(option("a"), [["x", "y"]])?.[0]).toBe("none");
});

test("values are written as the script's parser reads them", () => {
  expect(describeValue([true, null, 1.5, "a"])).toBe("True  1.5 a");
  expect(line({ options: [option("on")], given: { on: true } })).toBe("--on True");
});

test("help explains the script, it is not an argument of a run", () => {
  expect(argumentsOf(command({ options: [flag("help", { short: "h" })] }), {})).toEqual([]);
});
