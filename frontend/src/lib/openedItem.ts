/** Which item the large view of a page shows, as one word for the address: `experiment/step/label` or `experiment/global/label`. */
export interface OpenedItem {
  experiment: string;
  label: string;
  /** The one that belongs to no step; else that of the step chosen for its label. */
  global: boolean;
}

export function encodeOpened({ experiment, label, global }: OpenedItem): string {
  return `${experiment}/${global ? "global" : "step"}/${label}`;
}

export function decodeOpened(word: string): OpenedItem | null {
  const found = /^([^/]+)\/(step|global)\/(.+)$/su.exec(word);
  return found && { experiment: found[1] ?? "", label: found[3] ?? "", global: found[2] === "global" };
}
