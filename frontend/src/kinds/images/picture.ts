/** An image item as this kind's page shows it. */
import type { PictureSize } from "../../api/items";
import type { PictureContent } from "./annotated.svelte";
import type { FileInfo, ImageContent, ItemOf, PictureInfo, Problem } from "../../api/messages";
import type { Size } from "../../lib/geometry";
import { encodePath, readable } from "../../lib/ids";
import { imageContentOf } from "./boxes";
import { uprightSize } from "./orientation";
import { isTooMuch } from "./outcomes";
import { pathBeside, pointsOf } from "./overlays";
import type { PictureAddress } from "../../lib/pictureAddress";

export interface Picture {
  address: PictureAddress;
  /** The picture's own file, first of the item's files. */
  file: FileInfo;
  /** What its head says; null if it could not be read. */
  info: PictureInfo | null;
  content: PictureContent;
  masks: readonly MaskFile[];
  problem: Problem | null;
}

export interface MaskFile {
  name: string;
  /** An id; null: it leads out of the experiment. */
  path: string | null;
  /** "" if it is not known. */
  version: string;
}

/** More of them over one picture show nothing. */
const MOST_MASKS = 16;

/** In growing order. */
export const THUMBNAIL_SIZES: readonly PictureSize[] = [64, 128, 256, 512, 1024];

/** null: there is no file to show. */
export function pictureOf({ address, files, content, picture, problem }: ItemOf<"images">): Picture | null {
  const [file] = files;
  if (!file) return null;
  const { experiment, label, step = null } = address;
  const overlays = imageContentOf(content);
  return {
    address: { experiment, label, step },
    file,
    info: picture ?? null,
    content: overlays,
    masks: masksOf(overlays, files),
    problem: problem ?? null,
  };
}

/** Pixels of the upright picture; null if not known. */
export function sizeOf(picture: Picture | null | undefined): Size | null {
  return picture?.info ? uprightSize(picture.info) : null;
}

/** The smallest thumbnail that is sharp at so many pixels of the screen. */
export function thumbnailSize(longestSide: number): PictureSize {
  return THUMBNAIL_SIZES.find((size) => size >= longestSide) ?? 1024;
}

/** Whether its file has more than the 8 bits a channel that browsers show: 16, 32, or floats. */
export function isDeep({ info }: Picture): boolean {
  return info !== null && (info.mode.startsWith("I") || info.mode === "F");
}

/** Why something of what lies on a picture is not shown; what is known before its masks are loaded. */
export function overlayProblems({ content }: Picture): string[] {
  const flat = content.polygons.filter(({ points }) => pointsOf(points).length < 3).length;
  return [
    ...content.problems.map(({ position, reason }) => `${position}: ${reason}`),
    ...(flat ? [`${flat} of ${content.polygons.length} polygons have fewer than three points`] : []),
    ...(isTooMuch(content) ? ["It has too many boxes to be matched"] : []),
    ...(content.masks.length > MOST_MASKS
      ? [`Only ${MOST_MASKS} of ${content.masks.length} masks are shown`]
      : []),
  ];
}

function masksOf({ masks }: ImageContent, files: readonly FileInfo[]): MaskFile[] {
  const description = files.find(({ path }) => /\.json$/i.test(path));
  if (!description) return [];
  return masks.slice(0, MOST_MASKS).map(({ source, name = "" }) => {
    const path = pathBeside(description.path, encodePath(source));
    const file = files.find((each) => path !== null && readable(each.path) === readable(path));
    return { name, path, version: file?.etag ?? "" };
  });
}
