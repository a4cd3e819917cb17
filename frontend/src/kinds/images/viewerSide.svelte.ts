/** One picture of the viewer: what was chosen, what of it is there, and the best that is loaded of it. */
import type { Size } from "../../lib/geometry";
import { shownStep, stepBeside, type ShownStep } from "../../lib/stepChoice";
import type { Runs } from "../../lib/steps";
import { catalogues } from "../../state/catalogues.svelte";
import { loadedSize, usePicture, type LoadedPicture } from "./loadedPictures.svelte";
import { useMasks, type ShownMask } from "./masks.svelte";
import { sizeOf, type Picture } from "./picture";
import {
  decodePicture,
  encodePicture,
  type ChosenPicture,
  type PictureAddress,
} from "../../lib/pictureAddress";

/** Larger pictures are shown as thumbnails until they are loaded. */
const SMALL_PICTURE = 1024;

export interface ViewerSide {
  readonly chosen: ChosenPicture | null;
  readonly steps: Runs;
  /** null: there is no such label any more. */
  readonly at: ShownStep | null;
  readonly shown: LoadedPicture | null;
  /** `shown` is the full picture: its pixels are those of the file. */
  readonly isFull: boolean;
  readonly state: "loading" | "ready" | "missing" | "failed";
  readonly error: Error | null;
  /** What is known of the picture that is asked for, also where it cannot be shown. */
  readonly picture: Picture | null;
  /** Of the upright picture; null until it is known. */
  readonly size: Size | null;
  /** Of the picture that is shown. */
  readonly masks: readonly ShownMask[];
  /** The element that draws it. */
  image: HTMLImageElement | undefined;
  /** Grows whenever that element has a picture that can be drawn. */
  drawn: number;
}

/** Call it while a component is made. */
export function useSide(chosen: () => ChosenPicture | null): ViewerSide {
  const experiment = $derived(chosen()?.experiment);
  $effect(() => (experiment === undefined ? undefined : catalogues.hold([experiment], "images")));
  const info = $derived.by(() => {
    const picture = chosen();
    return picture && catalogues.info(picture.experiment, "images", picture.label);
  });
  const at = $derived.by(() => {
    const picture = chosen();
    if (!picture || !info) return null;
    if (picture.step === null) return info.hasGlobal ? { step: null, exact: true } : null;
    return shownStep(info.steps, info.hasGlobal, picture.step);
  });
  const word = $derived.by(() => {
    const picture = chosen();
    return picture && at ? encodePicture({ ...picture, step: at.step }) : "";
  });
  const address = $derived((decodePicture(word) ?? null) as PictureAddress | null);
  const full = usePicture(
    () => address,
    () => null,
  );
  const preview = usePicture(() => address, previewSize);
  const best = $derived(full.state === "ready" || preview.state !== "ready" ? full : preview);
  const shown = $derived(best.shown ?? preview.shown);
  const masks = useMasks(() => shown?.picture ?? null);
  let image = $state.raw<HTMLImageElement>();
  let drawn = $state(0);
  return {
    get image() {
      return image;
    },
    set image(element) {
      image = element;
    },
    get drawn() {
      return drawn;
    },
    set drawn(count) {
      drawn = count;
    },
    get chosen() {
      return chosen();
    },
    get steps() {
      return info?.steps ?? [];
    },
    get at() {
      return at;
    },
    get shown() {
      return shown;
    },
    get isFull() {
      return full.state === "ready";
    },
    get state() {
      return at ? best.state : "missing";
    },
    get error() {
      return full.error;
    },
    get picture() {
      return full.picture;
    },
    get masks() {
      return masks.all;
    },
    get size() {
      return sizeOf(full.picture) ?? sizeOf(best.shown?.picture);
    },
  };
}

/** Of the picture before it is loaded in full. */
export function previewSize(picture: Picture) {
  const size = sizeOf(picture);
  const isLarge = size !== null && Math.max(size.width, size.height) > SMALL_PICTURE;
  return loadedSize(picture) ?? (isLarge ? SMALL_PICTURE : null);
}

/** Whether two sides step together as long as nobody says so: where what was chosen, or what is shown, is of the same step. */
export function areAtOneStep(a: ViewerSide, b: ViewerSide): boolean {
  const [one, other] = [a.chosen?.step ?? null, b.chosen?.step ?? null];
  if (one === null || other === null) return false;
  return one === other || (a.at !== null && a.at.step === b.at?.step);
}

/** The same picture so many steps further; itself as long as nobody knows which steps there are. */
export function beside({ chosen, steps }: ViewerSide, places: number): ChosenPicture | null {
  if (!chosen || chosen.step === null) return chosen;
  const step = stepBeside(steps, chosen.step, places);
  return step === null ? chosen : { ...chosen, step };
}
