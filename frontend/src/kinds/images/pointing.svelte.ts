/** What the pointer is over in the viewer: which picture, which pixel of it, and what of all that lies on it. */
import type { Point, Size } from "../../lib/geometry";
import { toStored } from "./orientation";
import { placementOf } from "./panZoom";
import { pixelAt, type PixelValue } from "./pixels";
import { areAlike, inOther, isOverB, onStage, storedPixel, type StageMode } from "./pointed";
import type { StagePoint } from "./stage";
import { thingsAt, type Thing } from "./things";
import {
  hiddenClasses,
  panZoom,
  showsBoxes,
  showsKeypoints,
  showsMasks,
  showsPolygons,
  threshold,
  wipePosition,
} from "./view.svelte";
import type { ViewerSide } from "./viewerSide.svelte";

const NOTHING: readonly Thing[] = [];
/** So near must a keypoint be, in CSS pixels. */
const REACH = 10;

export interface PointingOptions {
  a: () => ViewerSide;
  /** null: there is one picture only. */
  b: () => ViewerSide | null;
  mode: () => StageMode;
  /** When they blink: B is the one to be seen. */
  seesB: () => boolean;
  /** Of the stage, or of each of the two. */
  frame: () => Size;
}

export interface Pointed extends StagePoint {
  side: ViewerSide;
}

export class Pointing {
  readonly #options: PointingOptions;
  #at = $state.raw<Pointed | null>(null);
  #lastUnder = NOTHING;
  readonly #under = $derived.by(() => {
    const now = this.#findUnder();
    return areAlike(now, this.#lastUnder) ? this.#lastUnder : (this.#lastUnder = now);
  });
  readonly #marked = $derived(new Set(this.#under.map(({ of }) => of)));
  readonly #pixel = $derived.by(() => {
    const info = this.#at?.side.shown?.picture.info;
    const size = this.#at?.side.size;
    return this.#at && info && size ? storedPixel(info, size, this.#at.picture) : null;
  });
  readonly #values = $derived.by((): PixelValue[] => {
    const { a, b } = this.#options;
    const other = b();
    if (!other) return [{ name: "", colour: this.#colourOf(a()) }];
    return [
      { name: "A", colour: this.#colourOf(a()) },
      { name: "B", colour: this.#colourOf(other) },
    ];
  });

  constructor(options: PointingOptions) {
    this.#options = options;
  }

  /** The pointer is on the stage of this side, which may show both; null: it has left it. */
  point(side: ViewerSide, at: StagePoint | null): void {
    const { b, mode, seesB } = this.#options;
    const other = b();
    const isOther = at && other && isOverB(mode(), at, { wipe: wipePosition.value, seesB: seesB() });
    this.#at = at && { side: isOther ? other : side, ...at };
  }

  /** null: it is on no stage. */
  get at(): Pointed | null {
    return this.#at;
  }

  /** What lies under the pointer; the same list as long as it is the same. */
  get under(): readonly Thing[] {
    return this.#under;
  }

  /** What each of `under` was made of. */
  get marked(): ReadonlySet<object> {
    return this.#marked;
  }

  /** In whole stored pixels; null: the pointer is beside the picture. */
  get pixel(): Point | null {
    return this.#pixel;
  }

  /** Of that pixel, in each picture. */
  get values(): readonly PixelValue[] {
    return this.#values;
  }

  /** Where the pointer would be on the stage of the other picture; null: it is on this one's, or on none. */
  placeOn(other: ViewerSide, size: Size): Point | null {
    const at = this.#at;
    if (!at?.side.size || at.side === other) return null;
    return onStage(inOther(at.picture, at.side.size, other.size), panZoom.value, this.#options.frame(), size);
  }

  #findUnder(): readonly Thing[] {
    const picture = this.#at?.side.shown?.picture;
    const size = this.#at?.side.size;
    if (!this.#at || !picture?.info || !size || this.#options.mode() === "difference") return NOTHING;
    const filter = { threshold: threshold.value, hiddenClasses: hiddenClasses() };
    const shows = {
      boxes: showsBoxes.value,
      keypoints: showsKeypoints.value,
      polygons: showsPolygons.value,
      masks: showsMasks.value,
    };
    const reach = REACH / placementOf(panZoom.value, this.#options.frame(), size).scale;
    const at = toStored(picture.info, this.#at.picture);
    return thingsAt(picture.content, this.#at.side.masks, filter, shows, at, reach);
  }

  #colourOf(side: ViewerSide) {
    void side.drawn;
    if (!this.#at || !side.image || !side.isFull) return null;
    const { x, y } = inOther(this.#at.picture, this.#at.side.size, side.size);
    return pixelAt(side.image, x, y);
  }
}
