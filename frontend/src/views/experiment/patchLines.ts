/** The lines of a patch, and what each of them is. */
export type PatchLineKind = "file" | "head" | "place" | "added" | "removed" | "same";

export interface PatchLine {
  text: string;
  kind: PatchLineKind;
}

const HEAD = /^(index|new file|deleted file|old mode|new mode|similarity|rename|copy|GIT binary|Binary) ?/;

export function patchLines(patch: string): PatchLine[] {
  const lines = patch.split("\n");
  if (lines.at(-1) === "") lines.pop();
  /** Lines of the old and the new file that this part still has: only within it `+` and `-` are changes. */
  let [old, added] = [0, 0];
  return lines.map((text) => {
    if (old > 0 || added > 0) {
      const first = text[0];
      if (first === "+") return (added--, { text, kind: "added" });
      if (first === "-") return (old--, { text, kind: "removed" });
      if (first === " " || text === "") return (old--, added--, { text, kind: "same" });
      if (first === "\\") return { text, kind: "same" };
    }
    const place = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text);
    if (place) {
      [old, added] = [Number(place[1] ?? 1), Number(place[2] ?? 1)];
      return { text, kind: "place" };
    }
    if (text.startsWith("diff --git ")) return { text, kind: "file" };
    if (/^(---|\+\+\+) /.test(text) || HEAD.test(text)) return { text, kind: "head" };
    return { text, kind: "same" };
  });
}

/** How many lines each file of it gains and loses. */
export function summarizePatch(lines: readonly PatchLine[]): {
  files: number;
  added: number;
  removed: number;
} {
  const count = (kind: PatchLineKind) => lines.reduce((sum, line) => sum + Number(line.kind === kind), 0);
  return { files: count("file"), added: count("added"), removed: count("removed") };
}
