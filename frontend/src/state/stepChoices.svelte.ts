/** Which step a page shows: one for all its labels, and one of their own for those that have chosen it. */
import { decodeStepChoice, encodeStepChoice, type StepChoice } from "../lib/stepChoice";
import { jsonParameter, Parameter } from "./view.svelte";

export class StepChoices {
  readonly #linked: Parameter<StepChoice>;
  readonly #own: Parameter<Record<string, StepChoice>>;

  /** `kind`: its parameters in the address are named after it. */
  constructor(kind: string) {
    this.#linked = new Parameter<StepChoice>(`${kind}.step`, "latest", {
      decode: decodeStepChoice,
      encode: encodeStepChoice,
    });
    this.#own = jsonParameter<Record<string, StepChoice>>(`${kind}.own`, {}, isStepChoices);
  }

  /** Of all labels without a step of their own. */
  get linked(): StepChoice {
    return this.#linked.value;
  }

  set linked(choice: StepChoice) {
    this.#linked.value = choice;
  }

  of(label: string): StepChoice {
    return this.#own.value[label] ?? this.#linked.value;
  }

  hasOwn(label: string): boolean {
    return Object.hasOwn(this.#own.value, label);
  }

  /** null: the linked step again. */
  setOwn(label: string, choice: StepChoice | null): void {
    const others = Object.entries(this.#own.value).filter(([other]) => other !== label);
    this.#own.value = Object.fromEntries(choice === null ? others : [...others, [label, choice]]);
  }
}

function isStepChoices(value: unknown): value is Record<string, StepChoice> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((step) => decodeStepChoice(String(step)) !== undefined);
}
