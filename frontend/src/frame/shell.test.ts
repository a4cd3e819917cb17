import { expect, test } from "vitest";
import { quoteWord, quoteWords } from "./shell";

test.each([
  ["train.py", "train.py"],
  ["--rate=1e-3", "--rate=1e-3"],
  ["", "''"],
  ["two words", "'two words'"],
  ["it's", `'it'\\''s'`],
  ["$HOME", "'$HOME'"],
  ["a;rm -rf /", "'a;rm -rf /'"],
  ["*.csv", "'*.csv'"],
  ["~/data", "'~/data'"],
  ["=ls", "'=ls'"],
  ["#1", "'#1'"],
  ["line\nbreak", "'line\nbreak'"],
  ["größe", "'größe'"],
  ["!!", "'!!'"],
])("%s", (word, quoted) => {
  expect(quoteWord(word)).toBe(quoted);
});

test("words are joined by spaces", () => {
  expect(quoteWords(["python", "my script.py", "-v"])).toBe("python 'my script.py' -v");
});
