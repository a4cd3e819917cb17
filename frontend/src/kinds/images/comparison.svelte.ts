/** The picture that was chosen first, to be compared with the next one. */
import { notify } from "../../state/notices.svelte";
import { encodePicture, type ChosenPicture } from "../../lib/pictureAddress";

let first = $state.raw<ChosenPicture | null>(null);

/** Whether this picture is the first; without one, whether there is a first. */
export function marked(picture?: ChosenPicture): boolean {
  if (picture === undefined) return first !== null;
  return first !== null && encodePicture(first) === encodePicture(picture);
}

/** Chooses this picture, or takes that back. Returns the other one when this is the second. */
export function mark(picture: ChosenPicture): ChosenPicture | null {
  const before = first;
  first = before === null ? picture : null;
  if (first) notify("Now choose the picture to compare it with");
  return before === null || encodePicture(before) === encodePicture(picture) ? null : before;
}
