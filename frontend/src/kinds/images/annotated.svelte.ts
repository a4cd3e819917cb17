/** What other programs' files say of pictures, beside what lies on them: known once `detections/` is loaded. */
import type { ImageContent, Region } from "../../api/messages";
import type { Picture } from "./picture";

/** What lies on a picture, with masks that stand in no file of their own. */
export type PictureContent = ImageContent & { regions?: readonly Region[] };

/** null: nothing, or nobody knows yet. */
type Reader = (picture: Picture) => PictureContent | null;

let reader = $state.raw<Reader | null>(null);

/** For effects: until the returned function is called. */
export function readWith(read: Reader): () => void {
  reader = read;
  return () => {
    if (reader === read) reader = null;
  };
}

/** The picture with all that is known to lie on it. */
export function annotated(picture: Picture): Picture {
  const content = reader?.(picture);
  return content ? { ...picture, content } : picture;
}
