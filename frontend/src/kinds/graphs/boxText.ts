/** What is written on boxes, and how wide that is: nobody can measure it beside the page. */
import type { Box } from "./drawing";

/** Of a name, at most. */
export const LETTERS = 30;
const LETTER_PX = 6.7;
/** From here on letters are twice as wide: Chinese, Japanese, Korean. */
const FIRST_WIDE = 0x2e80;

/** Below the name: what it does, how many nodes are in it. */
export function secondLine(form: Box["form"], name: string, op: string, count: number): string {
  const what = op.toLowerCase() === name.toLowerCase() ? "" : op;
  if (form === "node") return what;
  return [what, `${count.toLocaleString("en")} ${count === 1 ? "node" : "nodes"}`]
    .filter(Boolean)
    .join(" · ");
}

/** What a screen reader says of a box. */
export function spokenName({ form, name, op, count }: Box): string {
  const state = { node: "", folded: "folded", open: "unfolded" }[form];
  return [name, secondLine(form, name, op, count), state].filter(Boolean).join(", ");
}

/** Its begin and its end, which is where names differ. */
export function cutText(text: string, letters = LETTERS): string {
  const all = [...text];
  if (all.length <= letters) return text;
  const begin = Math.ceil((letters - 1) / 2);
  return `${all.slice(0, begin).join("")}…${all.slice(-(letters - 1 - begin)).join("")}`;
}

export function textWidth(text: string): number {
  let width = 0;
  for (const letter of cutText(text))
    width += letter.codePointAt(0)! > FIRST_WIDE ? 2 * LETTER_PX : LETTER_PX;
  return width;
}
