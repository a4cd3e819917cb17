/** What is known of what lies on the pictures in sight: what the panel of overlays counts. */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { ImageContent } from "../../api/messages";
import type { PictureContent } from "./annotated.svelte";
import { classCounts } from "./boxes";
import { giveClassColours } from "./classColours.svelte";

const inSight = new SvelteSet<PictureContent>();
/** The classes that occur in the masks of a picture. */
const maskClasses = new SvelteMap<ImageContent, readonly string[]>();

export function contentsInSight(): PictureContent[] {
  return [...inSight];
}

/** For effects: until the returned function is called. Its classes have colours from then on. */
export function showContent(content: PictureContent): () => void {
  giveClassColours(classCounts(content).map(({ name }) => name));
  inSight.add(content);
  return () => inSight.delete(content);
}

export function maskClassesOf(contents: readonly ImageContent[]): string[] {
  return [...new Set(contents.flatMap((content) => maskClasses.get(content) ?? []))];
}

/** For effects: until the returned function is called. */
export function setMaskClasses(content: ImageContent, names: readonly string[]): () => void {
  maskClasses.set(content, names);
  return () => maskClasses.delete(content);
}
