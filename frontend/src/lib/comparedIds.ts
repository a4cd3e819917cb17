/** Which experiments stand beside each other, as one word of an address. */

/** More columns show nothing of each. */
export const MOST_COMPARED = 5;

/** Ids are percent-encoded, so that a comma parts them. */
export function encodeIds(ids: readonly string[]): string {
  return ids.slice(0, MOST_COMPARED).join(",");
}

export function decodeIds(text: string): string[] {
  return [...new Set(text.split(",").filter((id) => id !== ""))].slice(0, MOST_COMPARED);
}
