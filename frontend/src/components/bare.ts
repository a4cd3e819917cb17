/** Cards and entries within a frame that has a head of its own show none. */
import { getContext, setContext } from "svelte";

const BARE = Symbol("bare");

/** For a component while it is made: what is in it stands in its frame. */
export function frameWithHead(): void {
  setContext(BARE, true);
}

export function isBare(): boolean {
  return getContext(BARE) === true;
}
