/** Which files of points people choose, of those that hold the same. */
import type { LeftOutFile } from "../../api/messages";

/** The choice with which a file is read that is left out: what is read instead of it is chosen no more. */
export function choiceWith(chosen: readonly string[], { path, instead, is_usual }: LeftOutFile): string[] {
  const others = chosen.filter((each) => each !== instead && each !== path);
  return is_usual ? others : [...others, path];
}

/** One of each: all event files of a folder, which are read together, are one choice. */
export function choices(leftOut: readonly LeftOutFile[]): LeftOutFile[] {
  const usual = new Set<string>();
  return leftOut.filter(({ instead, is_usual }) => {
    if (!is_usual) return true;
    if (usual.has(instead)) return false;
    usual.add(instead);
    return true;
  });
}

/** "Also in metrics.csv", "Also in 3 other files". */
export function alsoIn(leftOut: readonly LeftOutFile[]): string {
  const [first] = leftOut;
  return leftOut.length === 1 && first
    ? `Also in ${first.path}`
    : `Also in ${leftOut.length.toLocaleString("en")} other files`;
}
