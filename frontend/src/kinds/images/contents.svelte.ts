/** What is known of the boxes of the pictures in sight: what the panel of boxes counts. */
import { SvelteSet } from "svelte/reactivity";
import type { ImageContent } from "../../api/messages";
import { classCounts } from "./boxes";
import { giveClassColours } from "./classColours.svelte";

const inSight = new SvelteSet<ImageContent>();

export function contentsInSight(): ImageContent[] {
  return [...inSight];
}

/** For effects: until the returned function is called. Its classes have colours from then on. */
export function showContent(content: ImageContent): () => void {
  giveClassColours(classCounts(content).map(({ name }) => name));
  inSight.add(content);
  return () => inSight.delete(content);
}
