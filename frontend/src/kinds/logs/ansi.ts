/**
 * What a terminal would show of one line: colours and links as runs of text, what was overwritten (progress bars) gone.
 *
 * Everything else that a terminal obeys (cursor movement to other lines, titles, device strings) is left out. Nothing
 * carries over from line to line, since lines are read from the middle of a file. Colours are the sixteen named ones,
 * which the themes keep readable; 256 colours and RGB become the nearest of them.
 */

export interface Run {
  text: string;
  /** Of kinds/logs/ansi.css, separated by spaces; "" if plain. */
  classes: string;
  /** http(s) only. */
  link: string | null;
}

/** Longer lines are cut: nobody reads them, and the browser would lay them out whole. */
const LONGEST = 20_000;

/* eslint-disable no-control-regex -- control characters are the subject */
const SPECIAL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;
const CONTROL_SEQUENCE = /(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~])/y;
const TERMINATED_STRING = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])([^\x07\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)/y;
const OTHER_ESCAPE = /\x1b(?:[ -/]*[0-~])?/y;
const LINK = /^8;[^;]*;(https?:\/\/[^\s\x00-\x20]+)$/i;
/* eslint-enable no-control-regex */

/** The runs of a line, and how many characters at its end are left out. */
export function paint(line: string): { runs: Run[]; cut: number } {
  const { text, cut } = shorten(line.endsWith("\r") ? line.slice(0, -1) : line);
  if (!SPECIAL.test(text)) return { runs: text ? [{ text, classes: "", link: null }] : [], cut };
  const terminal = new Terminal();
  terminal.write(text);
  return { runs: terminal.runs(), cut };
}

/** The text of a line as a terminal shows it. */
export function withoutAnsi(line: string): string {
  return paint(line)
    .runs.map(({ text }) => text)
    .join("");
}

function shorten(line: string): { text: string; cut: number } {
  if (line.length <= LONGEST) return { text: line, cut: 0 };
  // Of a progress bar the end is what a terminal shows.
  const bar = line.indexOf("\r", line.length - LONGEST);
  if (bar >= 0) return { text: line.slice(bar + 1), cut: 0 };
  return { text: line.slice(0, LONGEST), cut: line.length - LONGEST };
}

interface Cell {
  character: string;
  classes: string;
  link: string | null;
}

class Terminal {
  #cells: Cell[] = [];
  #column = 0;
  #style = new Style();
  #link: string | null = null;

  write(text: string): void {
    let at = 0;
    while (at < text.length) {
      const length = this.#escape(text, at);
      if (length > 0) {
        at += length;
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      this.#put(character);
      at += character.length;
    }
  }

  runs(): Run[] {
    const runs: Run[] = [];
    for (const { character, classes, link } of this.#cells) {
      const last = runs.at(-1);
      if (last?.classes === classes && last.link === link) last.text += character;
      else runs.push({ text: character, classes, link });
    }
    return runs;
  }

  /** Obeys what begins at `at`; returns how long it is, 0 if it is ordinary text. */
  #escape(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code !== 0x1b && (code < 0x80 || code > 0x9f)) return 0;
    const sequence = matchAt(CONTROL_SEQUENCE, text, at);
    if (sequence) {
      this.#obey(sequence[2] ?? "", sequence[1] ?? "");
      return sequence[0].length;
    }
    const string = matchAt(TERMINATED_STRING, text, at);
    if (string) {
      if (string[0].startsWith("\x1b]") || string[0].startsWith("\x9d")) this.#setLink(string[1] ?? "");
      return string[0].length;
    }
    return matchAt(OTHER_ESCAPE, text, at)?.[0].length ?? 1;
  }

  #setLink(command: string): void {
    if (command.startsWith("8;")) this.#link = LINK.exec(command)?.[1] ?? null;
  }

  #obey(final: string, parameters: string): void {
    const amount = Number.parseInt(parameters, 10) || 0;
    switch (final) {
      case "m":
        this.#style.apply(parameters);
        break;
      case "K":
      case "J":
        this.#erase(amount);
        break;
      case "C":
        this.#moveTo(this.#column + Math.max(1, amount));
        break;
      case "D":
        this.#moveTo(this.#column - Math.max(1, amount));
        break;
      case "G":
        this.#moveTo(Math.max(1, amount) - 1);
    }
  }

  #moveTo(column: number): void {
    this.#column = Math.min(LONGEST, Math.max(0, column));
    while (this.#cells.length < this.#column) this.#cells.push({ character: " ", classes: "", link: null });
  }

  #erase(what: number): void {
    if (what === 0) this.#cells.length = Math.min(this.#cells.length, this.#column);
    else if (what === 2) this.#cells.fill({ character: " ", classes: "", link: null }).length = this.#column;
    else if (what === 1) this.#cells.fill({ character: " ", classes: "", link: null }, 0, this.#column + 1);
  }

  #put(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (character !== "\x07") {
      const classes = this.#style.classes;
      this.#cells[this.#column++] = { character: visible(character), classes, link: this.#link };
    }
  }
}

/** Control characters as their pictures: what is in a file must be seen. */
function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return "␡";
  return code < 0x20 && code !== 9 ? String.fromCharCode(0x2400 + code) : character;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const SWITCHES: Record<number, readonly [name: string, on: boolean]> = {
  1: ["bold", true],
  2: ["faint", true],
  3: ["italic", true],
  4: ["underline", true],
  7: ["inverse", true],
  9: ["strike", true],
  21: ["underline", true],
  23: ["italic", false],
  24: ["underline", false],
  27: ["inverse", false],
  29: ["strike", false],
};

class Style {
  #on = new Set<string>();
  #front: number | null = null;
  #back: number | null = null;
  /** Worked out once per change: a line has many cells and few styles. */
  classes = "";

  apply(parameters: string): void {
    if (/[<=>?]/.test(parameters)) return; // private: not a style
    const groups = parameters.split(";").map((group) => group.split(":"));
    while (groups.length > 0) this.#take(groups.shift() ?? [], groups);
    this.classes = this.#toClasses();
  }

  /** `rest`: the groups that follow; a colour may take some of them. */
  #take(group: string[], rest: string[][]): void {
    const code = Number(group[0] ?? 0) || 0;
    const change = SWITCHES[code];
    if (code === 4 && group[1] === "0") this.#on.delete("underline");
    else if (change?.[1]) this.#on.add(change[0]);
    else if (change) this.#on.delete(change[0]);
    else if (code === 0) this.#reset();
    else if (code === 22) {
      this.#on.delete("bold");
      this.#on.delete("faint");
    } else if (code === 38) this.#front = extendedColour(group, rest);
    else if (code === 48) this.#back = extendedColour(group, rest);
    else if (code === 39) this.#front = null;
    else if (code === 49) this.#back = null;
    else if (code >= 30 && code <= 37) this.#front = code - 30;
    else if (code >= 40 && code <= 47) this.#back = code - 40;
    else if (code >= 90 && code <= 97) this.#front = code - 82;
    else if (code >= 100 && code <= 107) this.#back = code - 92;
  }

  #reset(): void {
    this.#on.clear();
    this.#front = this.#back = null;
  }

  #toClasses(): string {
    const classes = [...this.#on].filter((name) => name !== "inverse").map((name) => `ansi-${name}`);
    const inverse = this.#on.has("inverse");
    const front = inverse ? (this.#back ?? "page") : this.#front;
    const back = inverse ? (this.#front ?? "text") : this.#back;
    if (front !== null) classes.push(`ansi-front-${front}`);
    if (back !== null) classes.push(`ansi-back-${back}`);
    return classes.join(" ");
  }
}

/** `5;n`, `2;r;g;b`, and the same with colons (where an empty colour space may stand before r). */
function extendedColour(group: string[], rest: string[][]): number | null {
  if (group.length > 1) {
    const [, form, ...values] = group.map(Number);
    return form === 5 ? colourOfIndex(values[0] ?? 0) : form === 2 ? nearestColour(values.slice(-3)) : null;
  }
  const take = () => Number(rest.shift()?.[0] ?? 0) || 0;
  const form = take();
  if (form === 5) return colourOfIndex(take());
  return form === 2 ? nearestColour([take(), take(), take()]) : null;
}

/** Of the 256 colours: 16 named ones, a cube of 6 × 6 × 6, 24 greys. */
function colourOfIndex(index: number): number | null {
  if (index < 16) return index;
  if (index > 255) return null;
  if (index >= 232) return nearestColour([(index - 232) * 10 + 8]);
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const place = index - 16;
  return nearestColour([Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map(level));
}

/** Red, yellow, green, cyan, blue, magenta: every sixth of the colour wheel. */
const BY_HUE = [1, 3, 2, 6, 4, 5];

function nearestColour([red = 0, green = red, blue = red]: number[]): number {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread < 40) return most < 64 ? 0 : most < 150 ? 8 : most < 220 ? 7 : 15;
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const named = BY_HUE[(Math.round(sixth) + 6) % 6] ?? 7;
  return most > 200 ? named + 8 : named;
}
