/** Experiments that are chosen in a table, to do something to all of them. Only those in the table count. */
import { textParameter } from "./view.svelte";

let ids = $state.raw<ReadonlySet<string>>(new Set());

export const chosen = {
  has(id: string): boolean {
    return ids.has(id);
  },

  choose(some: readonly string[], isChosen: boolean): void {
    const changed = new Set(ids);
    for (const id of some) {
      if (isChosen) changed.add(id);
      else changed.delete(id);
    }
    ids = changed;
  },

  /** An experiment has another id now. */
  carry(from: string, to: string): void {
    if (ids.has(from)) ids = new Set([...ids].map((id) => (id === from ? to : id)));
  },

  clear(): void {
    ids = new Set();
  },
};

const baselineId = textParameter("baseline", "");

/** The experiment that the others are compared with: in the address, for all pages; its id is "" if there is none. */
export const baseline = {
  /** Its id. */
  get id(): string {
    return baselineId.value;
  },
  set id(id: string) {
    baselineId.value = id;
  },

  /** An experiment has another id now. */
  carry(from: string, to: string): void {
    if (baselineId.value === from) baselineId.value = to;
  },
};
