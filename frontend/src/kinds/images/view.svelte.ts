/** How the Images page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import {
  choiceParameter,
  flagParameter,
  numberParameter,
  Parameter,
  readParameter,
  writeParameter,
} from "../../state/view.svelte";
import { FITTED, type PanZoom } from "./panZoom";
import { decodePicture, encodePicture, type ChosenPicture } from "../../lib/pictureAddress";

/** What stands together: a label of all experiments, or all labels of an experiment. */
export const groupBy = choiceParameter("images.by", ["label", "experiment"]);
/** Every step as a tile of its own, instead of the chosen one. */
export const allSteps = flagParameter("images.all", false);
export const tileSize = choiceParameter("images.size", ["medium", "small", "large"]);

/** Of the page, and of blocks that have chosen another one. */
export const steps = new StepChoices("images");
/** Blocks have a step control each. */
export const hasBlockSteps = flagParameter("images.each", false);

export const showsBoxes = flagParameter("images.boxes", true);
export const showsMasks = flagParameter("images.masks", true);
export const showsKeypoints = flagParameter("images.keypoints", true);
export const showsPolygons = flagParameter("images.polygons", true);
const OVERLAYS = [showsBoxes, showsMasks, showsKeypoints, showsPolygons];

export function showsOverlays(): boolean {
  return OVERLAYS.some(({ value }) => value);
}

/** All off if any is on, else all on. */
export function toggleOverlays(): void {
  const on = !showsOverlays();
  for (const overlay of OVERLAYS) overlay.value = on;
}

/** How much a box has to overlap an expected one to be right. */
export const iou = new Parameter<number>("images.iou", 0.5, {
  decode: (text) => decodeNumber(text, 0.05, 0.95),
  encode: String,
});
/** The colours of boxes where it is known what is expected. */
export const boxColours = choiceParameter("images.boxcolours", ["outcome", "class"]);
/** Expected boxes that were found lie under what found them. */
export const showsFound = flagParameter("images.found", true);
const HIDDEN_OUTCOMES = "images.outcomes";
const hiddenOutcomeNames = $derived(readParameter(HIDDEN_OUTCOMES));

export function showsOutcome(outcome: string): boolean {
  return !hiddenOutcomeNames.includes(outcome);
}

export function showOutcome(outcome: string, show: boolean): void {
  const others = hiddenOutcomeNames.filter((other) => other !== outcome);
  writeParameter(HIDDEN_OUTCOMES, show ? others : [...others, outcome]);
}

/** Which pictures are shown of those with annotations: with a box that is missed, wrong, right; "": all. */
export const only = choiceParameter("images.only", ["", "fn", "fp", "tp"]);
export const order = choiceParameter("images.order", ["name", "fn", "fp", "score", "tp"]);
/** Whose boxes count in that; "": of all classes. */
export const ofClass = new Parameter<string>("images.class", "", {
  decode: (text) => text,
  encode: (name) => name,
});

/** Whether pictures are chosen or sorted by their boxes: then they stand in a grid of their own. */
export function isFiltering(): boolean {
  return only.value !== "" || order.value !== "name" || ofClass.value !== "";
}

export const showsBoxText = flagParameter("images.text", false);
/** null: as each file says. */
export const threshold = nullable("images.threshold", (text) => decodeNumber(text, 0, 1), String);

const HIDDEN_MASKS = "images.without";
const hiddenMaskNames = $derived(readParameter(HIDDEN_MASKS));

/** Whether masks of this name are shown, if masks are. */
export function showsMask(name: string): boolean {
  return !hiddenMaskNames.includes(name);
}

export function showMask(name: string, show: boolean): void {
  const others = hiddenMaskNames.filter((other) => other !== name);
  writeParameter(HIDDEN_MASKS, show ? others : [...others, name]);
}

/** Of masks, from 0 to 1. */
export const maskOpacity = new Parameter<number>("images.opacity", 0.5, {
  decode: (text) => decodeNumber(text, 0, 1),
  encode: String,
});

const HIDDEN_CLASSES = "images.hide";
const hiddenNames = $derived(readParameter(HIDDEN_CLASSES));
const hidden = $derived<ReadonlySet<string>>(new Set(hiddenNames));

export function hiddenClasses(): ReadonlySet<string> {
  return hidden;
}

export function showClass(name: string, show: boolean): void {
  const others = hiddenNames.filter((other) => other !== name);
  writeParameter(HIDDEN_CLASSES, show ? others : [...others, name]);
}

export function showClasses(names: readonly string[], show: boolean): void {
  const others = hiddenNames.filter((other) => !names.includes(other));
  writeParameter(HIDDEN_CLASSES, show ? others : [...others, ...names]);
}

/** The picture in the viewer. Opening and closing it can be undone with the back button ... */
export const opened = nullable("images.open", decodePicture, encodePicture, { step: true });
/** ... going from step to step in it cannot. */
export const viewed = nullable("images.open", decodePicture, encodePicture);
/** What it is compared with. */
export const compared = nullable("images.with", decodePicture, encodePicture);
export const compareMode = choiceParameter("images.compare", ["side", "wipe", "blink", "difference"]);
/** Whether A and B step together; at first where they are at the same step. */
export const stepsTogether = choiceParameter("images.chain", ["auto", "on", "off"]);
/** Where A ends and B begins, of the width of what both lie in. */
export const wipePosition = numberParameter("images.wipe", 0.5);

/** The part of the picture that is looked at. */
export const panZoom = new Parameter<PanZoom>("images.zoom", FITTED, {
  decode: (text) => {
    const [zoom, x, y] = text.split(",").map(Number);
    return zoom && zoom > 0 && isPart(x) && isPart(y) ? { zoom, x, y } : undefined;
  },
  encode: ({ zoom, x, y }) => [zoom, x, y].map((value) => Number(value.toFixed(5))).join(","),
});

export interface Light {
  brightness: number;
  contrast: number;
}

export const AS_IT_IS: Light = { brightness: 1, contrast: 1 };

export const light = new Parameter<Light>("images.light", AS_IT_IS, {
  decode: (text) => {
    const [brightness, contrast] = text.split(",").map((part) => decodeNumber(part, 0, 20));
    return brightness === undefined || contrast === undefined ? undefined : { brightness, contrast };
  },
  encode: ({ brightness, contrast }) => `${brightness},${contrast}`,
});

/** Opens a picture, fitted and as it is; beside another if there is one to compare with. */
export function openViewer(picture: ChosenPicture, other: ChosenPicture | null = null): void {
  opened.value = picture;
  compared.value = other;
}

export function closeViewer(): void {
  opened.value = null;
  compared.value = null;
  stepsTogether.value = "auto";
  panZoom.value = FITTED;
  light.value = AS_IT_IS;
}

function nullable<Value>(
  name: string,
  decode: (text: string) => Value | undefined,
  encode: (value: Value) => string,
  options?: { step: boolean },
): Parameter<Value | null> {
  const codec = { decode, encode: (value: Value | null) => (value === null ? "" : encode(value)) };
  return new Parameter<Value | null>(name, null, codec, options);
}

function decodeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && value >= least && value <= most ? value : undefined;
}

function isPart(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value <= 1;
}
