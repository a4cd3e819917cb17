/** The notes of an experiment while somebody writes them: what is saved, what is not yet, and what others wrote meanwhile. */
import { SvelteMap } from "svelte/reactivity";
import { fetchNotes } from "../../api/edits";
import type { Conflict } from "../../api/messages";
import { perform } from "../../state/edits.svelte";

interface Draft {
  text: string;
  /** What it was made from. */
  saved: Saved;
}

interface Saved {
  text: string;
  match: string;
}

/** A text that was never saved and gave way to another one here. `time`: when, in Unix seconds. */
export interface Aside {
  text: string;
  time: number;
}

/** By experiment: what was not saved when its dialog was closed. As long as the page is open. */
const kept = new Map<string, Draft>();
/** By experiment, newest first: nobody else knows these. As long as the page is open. */
const asides = new SvelteMap<string, readonly Aside[]>();
const MOST_ASIDE = 20;

export class Notes {
  readonly #experiment: string;
  #saved = $state.raw<Saved | null>(null);
  #text = $state("");
  #conflict = $state.raw<Conflict | null>(null);
  #error = $state.raw<Error | null>(null);
  #problem = $state("");
  #saving = $state(false);
  /** What stood here before theirs was taken; null: nothing. */
  #mine = $state.raw<string | null>(null);

  constructor(experiment: string) {
    this.#experiment = experiment;
    const draft = kept.get(experiment);
    if (!draft) return;
    this.#saved = draft.saved;
    this.#text = draft.text;
  }

  get text(): string {
    return this.#text;
  }
  set text(value: string) {
    this.#text = value;
    this.#keep();
  }

  /** Nothing is known before. */
  get isLoaded(): boolean {
    return this.#saved !== null;
  }

  /** Names the state of the file that the text was made from; "" if there is none. */
  get match(): string {
    return this.#saved?.match ?? "";
  }

  /** Why they could not be had. */
  get error(): Error | null {
    return this.#saved === null ? this.#error : null;
  }

  get isChanged(): boolean {
    return this.#saved !== null && this.#text !== this.#saved.text;
  }

  get isSaving(): boolean {
    return this.#saving;
  }

  /** What stands in the file instead of what the text was made from; null: nothing else. */
  get conflict(): Conflict | null {
    return this.#conflict;
  }

  /** Why they were not saved, but for a conflict; "" if they were. */
  get problem(): string {
    return this.#problem;
  }

  get canGoBackToMine(): boolean {
    return this.#mine !== null;
  }

  /** What the file says now: at first, and when it is another one. */
  async look(signal?: AbortSignal): Promise<void> {
    try {
      const { text, match } = await fetchNotes(this.#experiment, signal);
      if (signal?.aborted || this.#saving || match === this.#saved?.match) return;
      if (this.isChanged && text !== this.#text) this.#conflict = { match, text, by: "", time: null };
      else this.#take({ text, match });
    } catch (error) {
      if (!signal?.aborted) this.#error = error as Error;
    }
  }

  /** Returns whether it is saved now. */
  async save(): Promise<boolean> {
    const [base, text] = [this.#conflict ?? this.#saved, this.#text];
    if (base === null || this.#saving) return false;
    this.#saving = true;
    this.#problem = "";
    const target = { experiment: this.#experiment, match: base.match };
    const answer = await perform({ action: "notes", target, text }, { tells: "successes" });
    this.#saving = false;
    const refused = answer?.refused[0];
    if (refused?.conflict) this.#conflict = refused.conflict;
    else if (refused) this.#problem = refused.reason;
    else if (answer) {
      this.#saved = { text, match: answer.match };
      this.#conflict = null;
      this.#mine = null;
      this.#keep();
      return true;
    }
    return false;
  }

  /** What was written here, not saved, and gave way to something else; newest first. */
  get aside(): readonly Aside[] {
    return asides.get(this.#experiment) ?? [];
  }

  takeTheirs(): void {
    if (!this.#conflict) return;
    this.#putAside();
    this.#mine = this.#text;
    this.#take(this.#conflict);
  }

  backToMine(): void {
    if (this.#mine === null) return;
    this.putBack(this.#mine);
    this.#mine = null;
  }

  /** Write an earlier text here again; it is not saved by that. */
  putBack(text: string): void {
    this.#putAside();
    this.text = text;
  }

  /** Forget what was not saved. */
  discard(): void {
    kept.delete(this.#experiment);
  }

  #putAside(): void {
    const text = this.#text;
    if (!this.isChanged || text.trim() === "") return;
    const others = this.aside.filter((other) => other.text !== text);
    asides.set(this.#experiment, [{ text, time: Date.now() / 1000 }, ...others].slice(0, MOST_ASIDE));
  }

  #take({ text, match }: Saved): void {
    this.#saved = { text, match };
    this.#text = text;
    this.#conflict = null;
    this.#keep();
  }

  #keep(): void {
    if (this.#saved && this.isChanged) kept.set(this.#experiment, { text: this.#text, saved: this.#saved });
    else kept.delete(this.#experiment);
  }
}

/** Whether any notes are written and not saved. */
export function hasUnsavedNotes(): boolean {
  return kept.size > 0;
}
