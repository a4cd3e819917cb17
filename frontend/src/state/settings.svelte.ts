/** What a person has chosen for themselves: kept in this browser, per root; everything else stands in the address. */
import { keep, readKept } from "../lib/kept";

export type Theme = "system" | "light" | "dark";

let root = $state.raw<string | null>(null);
const opened: (() => void)[] = [];

/** From now on settings are those of this root (its path). */
export function openSettings(path: string): void {
  root = path;
  for (const read of opened) read();
}

/** One named setting. Before the root is known it has its fallback. */
export class Setting<Value> {
  readonly #name: string;
  #value: Value;

  constructor(name: string, fallback: Value) {
    this.#name = name;
    this.#value = $state.raw(fallback);
    const read = () => {
      this.#value = (readKept(this.#key()) as Value | undefined) ?? fallback;
    };
    opened.push(read);
    if (root !== null) read();
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    this.#value = value;
    if (root !== null) keep(this.#key(), value);
  }

  #key(): string {
    return `lavdlike:${root}:${this.#name}`;
  }
}

/** Which named parts of the page are folded: `section` -> folded or not. Parts have their own default. */
const folded = new Setting<Record<string, boolean>>("folded", {});

export function isFolded(part: string, fallback: boolean): boolean {
  return folded.value[part] ?? fallback;
}

export function setFolded(part: string, value: boolean): void {
  folded.value = { ...folded.value, [part]: value };
}

const theme = new Setting<Theme>("theme", "system");
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
let systemDark = $state(systemIsDark.matches);
systemIsDark.addEventListener("change", () => {
  systemDark = systemIsDark.matches;
  if (root !== null) showTheme();
});
opened.push(showTheme);

/** The theme that was chosen. */
export function chosenTheme(): Theme {
  return theme.value;
}

/** The theme that is shown: for what is drawn by script, such as charts. */
export function shownTheme(): "light" | "dark" {
  return theme.value === "system" ? (systemDark ? "dark" : "light") : theme.value;
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  showTheme();
}

function showTheme(): void {
  document.documentElement.dataset["theme"] = shownTheme();
  // For public/theme.js, which runs before the first paint and knows only where the page lies.
  keep(`lavdlike:theme:${location.pathname}`, theme.value);
}
