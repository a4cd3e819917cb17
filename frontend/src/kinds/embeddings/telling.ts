/** What is selected of an embedding, told to the script that asked for it. */
import { hearingOf, tellGesture, type Target } from "../../state/gestures.svelte";
import { notify } from "../../state/notices.svelte";

/** As many as a script is told of at once (lavdlike/page_event_messages.py). */
const MOST = 20_000;

/** `rows` empty: what was drawn before is wanted again. */
export function tellSelected(target: Target, rows: readonly number[]): void {
  if (hearingOf(target) !== "yes") return;
  if (rows.length > MOST) {
    notify(`The script is not told of selections of more than ${MOST.toLocaleString("en")} vectors.`);
    return;
  }
  tellGesture(target, { type: "selected", indices: [...rows] });
}
