/**
 * Layouts in the address, as Streamvis documents them: `rows=A,B;C&width=1,2,1&height=1,2`, and `cols` with the roles of
 * width and height exchanged. Names are those of panels; sizes are relative, and equal where they are missing. Pure.
 */

/** Shares of the whole, from 0 to 1. */
export interface Rectangle {
  name: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface LayoutWords {
  rows: string;
  cols: string;
  width: string;
  height: string;
}

const MOST_PANELS = 200;

/** null: the address has no layout. A text: why what it has is none. */
export function rectanglesOf({ rows, cols, width, height }: LayoutWords): Rectangle[] | string | null {
  if (rows === "" && cols === "") return null;
  if (rows !== "" && cols !== "") return "The address has both rows and cols: take one of them.";
  const byRow = rows !== "";
  const lines = (byRow ? rows : cols).split(";").map((line) => line.split(",").map((name) => name.trim()));
  const word = byRow ? "rows" : "cols";
  if (lines.some((names) => names.includes("")))
    return `${word}: a name is missing. Names stand between commas, ${word} between semicolons.`;
  const count = lines.reduce((sum, names) => sum + names.length, 0);
  if (count > MOST_PANELS) return `${word}: ${count} panels are too many, ${MOST_PANELS} are allowed.`;
  // Along a row panels have widths, and the rows have heights; with columns it is the other way round.
  const along = sizesOf(byRow ? width : height, count, byRow ? "width" : "height", "panel");
  const across = sizesOf(byRow ? height : width, lines.length, byRow ? "height" : "width", word.slice(0, -1));
  if (typeof along === "string") return along;
  if (typeof across === "string") return across;
  return laid(lines, along, shares(across)).map(({ name, start, length, at, depth }) =>
    byRow
      ? { name, left: start, top: at, width: length, height: depth }
      : { name, left: at, top: start, width: depth, height: length },
  );
}

interface Laid {
  name: string;
  start: number;
  length: number;
  at: number;
  depth: number;
}

function laid(
  lines: readonly (readonly string[])[],
  along: readonly number[],
  across: readonly number[],
): Laid[] {
  let at = 0;
  let used = 0;
  return lines.flatMap((names, line) => {
    const lengths = shares(along.slice(used, used + names.length));
    used += names.length;
    const depth = across[line]!;
    let start = 0;
    const placed = names.map((name, index) => {
      const length = lengths[index]!;
      const each = { name, start, length, at, depth };
      start += length;
      return each;
    });
    at += depth;
    return placed;
  });
}

function sizesOf(text: string, count: number, parameter: string, of: string): number[] | string {
  if (text === "") return Array<number>(count).fill(1);
  const sizes = text.split(",").map((size) => (size.trim() === "" ? NaN : Number(size)));
  if (sizes.some((size) => !Number.isFinite(size) || size <= 0))
    return `${parameter}=${text}: these are numbers above 0 between commas.`;
  if (sizes.length !== count)
    return `${parameter}=${text}: ${sizes.length} sizes for ${count}; there is one for each ${of}.`;
  return sizes;
}

function shares(sizes: readonly number[]): number[] {
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sizes.map((size) => size / sum);
}
