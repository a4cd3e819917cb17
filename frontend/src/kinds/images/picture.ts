/** An image item as this kind's page shows it. */
import type { PictureSize } from "../../api/client";
import type { FileInfo, ImageContent, Item, PictureInfo, Problem } from "../../api/messages";
import { imageContentOf } from "./boxes";
import type { Size } from "../../lib/geometry";
import { uprightSize } from "../../lib/orientation";
import type { PictureAddress } from "../../lib/pictureAddress";

export interface Picture {
  address: PictureAddress;
  /** The picture's own file, first of the item's files. */
  file: FileInfo;
  /** What its head says; null if it could not be read. */
  info: PictureInfo | null;
  content: ImageContent;
  problem: Problem | null;
}

/** In growing order. */
export const THUMBNAIL_SIZES: readonly PictureSize[] = [64, 128, 256, 512, 1024];

/** null: there is no file to show. */
export function pictureOf({ address, files, content, picture, problem }: Item): Picture | null {
  const [file] = files;
  if (!file) return null;
  const { experiment, label, step = null } = address;
  return {
    address: { experiment, label, step },
    file,
    info: picture ?? null,
    content: imageContentOf(content),
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
