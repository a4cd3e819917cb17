/** Which step a page shows: the one of all pages, and one of their own for those labels that have chosen it. */
import { decodeStepChoice, encodeStepChoice, type StepChoice } from "../lib/stepChoice";
import { pageStep } from "./pageStep.svelte";
import { jsonParameter, Parameter } from "./view.svelte";

export class StepChoices {
  /** Of addresses from before there was one step for all pages. */
  readonly #former: Parameter<StepChoice>;
  readonly #own: Parameter<Record<string, StepChoice>>;

  /** `kind`: its parameters in the address are named after it. */
  constructor(kind: string) {
    this.#former = new Parameter<StepChoice>(`${kind}.step`, "latest", {
      decode: decodeStepChoice,
      encode: encodeStepChoice,
    });
    this.#own = jsonParameter<Record<string, StepChoice>>(`${kind}.own`, {}, isStepChoices);
  }

  /** Of all labels without a step of their own. */
  get linked(): StepChoice {
    return pageStep.value === "latest" ? this.#former.value : pageStep.value;
  }

  set linked(choice: StepChoice) {
    this.#former.value = "latest";
    pageStep.value = choice;
  }

  /** For an effect of the page: what an address of before says of this page holds for all. */
  takeOver(): void {
    const { linked } = this;
    if (this.#former.value !== "latest") this.linked = linked;
  }

  of(label: string): StepChoice {
    return this.#own.value[label] ?? this.linked;
  }

  hasOwn(label: string): boolean {
    return Object.hasOwn(this.#own.value, label);
  }

  /** How many labels have a step of their own. */
  get ownCount(): number {
    return Object.keys(this.#own.value).length;
  }

  /** null: the linked step again. */
  setOwn(label: string, choice: StepChoice | null): void {
    const others = Object.entries(this.#own.value).filter(([other]) => other !== label);
    this.#own.value = Object.fromEntries(choice === null ? others : [...others, [label, choice]]);
  }

  setAllBack(): void {
    this.#own.value = {};
  }
}

function isStepChoices(value: unknown): value is Record<string, StepChoice> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((step) => decodeStepChoice(String(step)) !== undefined);
}
