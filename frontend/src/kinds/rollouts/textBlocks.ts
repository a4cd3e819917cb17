/** The text of a message as it is shown: prose as it stands, and what stands between fences as code. */

export interface TextBlock {
  /** The word behind the fence; "" if there is none. null: it is prose. */
  language: string | null;
  text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

export function blocksOf(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let lines: string[] = [];
  let fence = "";
  let language = "";
  const end = (of: string | null) => {
    const joined = lines.join("\n");
    if (of !== null || joined.trim() !== "")
      blocks.push({ language: of, text: of === null ? joined.replace(/^\n+|\n+$/g, "") : joined });
    lines = [];
  };
  for (const line of text.split("\n")) {
    const found = FENCE.exec(line);
    if (fence === "" && found) {
      end(null);
      [fence, language] = [found[1] ?? "", found[2] ?? ""];
    } else if (fence !== "" && isEnd(line, fence)) {
      end(language);
      fence = "";
    } else lines.push(line);
  }
  end(fence === "" ? null : language);
  return blocks;
}

function isEnd(line: string, fence: string): boolean {
  const text = line.trim();
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length);
}

const FOLDED = { letters: 2400, lines: 36 };

/** How much of a long text is shown at first, up to the end of a line if one is near; null: all of it. */
export function foldedLength(text: string): number | null {
  let end = -1;
  for (let line = 0; line < FOLDED.lines; line++) {
    end = text.indexOf("\n", end + 1);
    if (end < 0 || end > FOLDED.letters) break;
  }
  if (end < 0 || end > FOLDED.letters) {
    // A little more is not worth a fold.
    if (text.length <= FOLDED.letters * 1.25) return null;
    const near = text.lastIndexOf("\n", FOLDED.letters);
    return near > FOLDED.letters / 2 ? near : FOLDED.letters;
  }
  const rest = text.slice(end).split("\n", FOLDED.lines / 4 + 1);
  return rest.length <= FOLDED.lines / 4 && text.length - end < FOLDED.letters / 4 ? null : end;
}

/** JSON with indentation, if a text is an object or a list of it. */
export function readableJson(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
