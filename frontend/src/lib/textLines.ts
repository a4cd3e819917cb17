/** Lines of a text as they are drawn: numbered, and long ones in pieces that a browser lays out quickly. */

export interface TextLine {
  /** From 1; null for a further piece of the same line. */
  number: number | null;
  text: string;
}

const LONGEST_PIECE = 4000;

/** A newline at the end ends the last line, it does not begin another. */
export function toTextLines(text: string): TextLine[] {
  const lines = text.split("\n");
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  return lines.flatMap((line, index) =>
    line.length <= LONGEST_PIECE ? { number: index + 1, text: line } : toPieces(line, index + 1),
  );
}

/** How many characters wide, at most, the lines are. */
export function longestOf(lines: readonly { text: string }[]): number {
  return lines.reduce((longest, { text }) => Math.max(longest, text.length), 0);
}

function toPieces(line: string, number: number): TextLine[] {
  const pieces: TextLine[] = [];
  for (let at = 0; at < line.length;) {
    let end = at + LONGEST_PIECE;
    // Not between the halves of one character.
    if (/[\ud800-\udbff]/.test(line[end - 1] ?? "")) end++;
    pieces.push({ number: at === 0 ? number : null, text: line.slice(at, end) });
    at = end;
  }
  return pieces;
}
