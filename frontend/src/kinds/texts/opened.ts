/** Which text the large view shows, as one word for the address: `experiment/step/label` or `experiment/global/label`. */
export interface OpenedText {
  experiment: string;
  label: string;
  /** The one that belongs to no step; else that of the step chosen for its label. */
  global: boolean;
}

export function encodeOpened({ experiment, label, global }: OpenedText): string {
  return `${experiment}/${global ? "global" : "step"}/${label}`;
}

export function decodeOpened(word: string): OpenedText | null {
  const found = /^([^/]+)\/(step|global)\/(.+)$/su.exec(word);
  return found && { experiment: found[1] ?? "", label: found[3] ?? "", global: found[2] === "global" };
}
