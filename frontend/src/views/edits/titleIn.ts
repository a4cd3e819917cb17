/** The title that a `marks.json` says; null if the text is none (a root's settings, for experiments of other programs). */
export function titleIn(text: string): string | null {
  if (text === "") return "";
  try {
    const marks: unknown = JSON.parse(text);
    if (typeof marks !== "object" || marks === null) return null;
    const title: unknown = "title" in marks ? marks.title : "";
    return typeof title === "string" ? title : null;
  } catch {
    return null;
  }
}
