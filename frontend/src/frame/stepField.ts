/** Steps as somebody types them. */

/** null: it is none. */
export function toStep(text: string): number | null {
  const step = Number(text);
  return text.trim() !== "" && Number.isSafeInteger(step) && step >= 0 ? step : null;
}

/** What is wrong with it; "": nothing. */
export function stepProblem(text: string, mayBeEmpty: boolean): string {
  if (toStep(text) !== null || (mayBeEmpty && text.trim() === "")) return "";
  return "A whole number from 0";
}
