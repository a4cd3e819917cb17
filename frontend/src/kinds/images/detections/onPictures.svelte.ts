/** What the chosen sets say of single pictures: asked for together, a picture at a time of each set that may name it. */
import { SvelteMap } from "svelte/reactivity";
import { fetchPictureDetections } from "../../../api/items";
import type { Box, DetectionSource, ImageContent, PictureDetections, Region } from "../../../api/messages";
import type { PictureContent } from "../annotated.svelte";
import type { Picture } from "../picture";
import { refOf, sets } from "./sets.svelte";

/** The server takes 500; fewer make the first ones come sooner. */
const BATCH = 60;
const KEPT = 2000;
const RETRY_MS = 400;

interface Wanted {
  key: string;
  experiment: string;
  path: string;
  expected: readonly DetectionSource[];
  predicted: DetectionSource | null;
}

/** null: no set names the picture. */
const found = new SvelteMap<string, PictureDetections | null>();
const waiting = new Map<string, Wanted>();
let isAsking = false;

/** null: nothing, or nobody knows yet; then it is asked for. */
export function contentOf(picture: Picture): PictureContent | null {
  const { experiment } = picture.address;
  // A set lies on the pictures of its own experiment, predictions also on those that are annotated.
  const expected = sets.expected.filter((set) => set.experiment === experiment);
  const isTheirs = expected.length > 0 || sets.predicted?.experiment === experiment;
  const predicted = isTheirs ? sets.predicted : null;
  if (expected.length === 0 && predicted === null) return null;
  const { path } = picture.file;
  const versions = [...expected, predicted].map((set) => (set ? `${set.path} ${set.version}` : ""));
  const key = [experiment, path, ...versions].join("\n");
  const detections = found.get(key);
  if (detections === undefined) {
    if (!waiting.has(key)) waiting.set(key, { key, experiment, path, expected, predicted });
    queueMicrotask(() => void ask());
    return null;
  }
  return detections && withDetections(picture, detections);
}

/** One request at a time: what is asked for meanwhile goes into the next. */
async function ask(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  try {
    while (waiting.size > 0) {
      const [first] = waiting.values();
      const batch = [...waiting.values()]
        .filter((each) => each.experiment === first!.experiment && keyOfSets(each) === keyOfSets(first!))
        .slice(-BATCH);
      for (const { key } of batch) waiting.delete(key);
      if (!(await askSets(batch, first!))) {
        for (const each of batch) waiting.set(each.key, each);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
      forgetOldest();
    }
  } finally {
    isAsking = false;
  }
}

/** False: a set is still being read, or the server does not answer. */
async function askSets(
  batch: readonly Wanted[],
  { experiment, expected, predicted }: Wanted,
): Promise<boolean> {
  let left = [...batch];
  const predictedRef = predicted && refOf(predicted);
  for (const set of expected.length > 0 ? expected : [null]) {
    if (left.length === 0) break;
    let pictures: (PictureDetections | null)[];
    try {
      const paths = left.map(({ path }) => path);
      const request = { experiment, paths, expected: set && refOf(set), predicted: predictedRef };
      const page = await fetchPictureDetections(request);
      if (page.state === "reading") return false;
      pictures = page.pictures;
    } catch {
      return false;
    }
    left = left.filter(({ key }, place) => {
      const picture = pictures[place];
      if (picture) found.set(key, picture);
      return !picture;
    });
  }
  for (const { key } of left) found.set(key, null);
  return true;
}

const keyOfSets = ({ expected, predicted }: Wanted) =>
  [...expected, predicted].map((set) => set?.path).join("\n");

function forgetOldest(): void {
  for (const key of found.keys()) {
    if (found.size <= KEPT) return;
    found.delete(key);
  }
}

/** Beside what lies on it by itself. */
export function withDetections(picture: Picture, detections: PictureDetections): PictureContent {
  const { content, info } = picture;
  const scaled = detections.inParts ? info && inPixels(detections, info.width, info.height) : detections;
  const problems = detections.problems.map((reason) => ({ reason, position: "annotations" }));
  if (!scaled) return { ...content, problems: [...content.problems, ...problems] };
  const expected = scaled.expectedBoxes ?? content.expectedBoxes;
  return {
    ...content,
    boxes: [...content.boxes, ...scaled.boxes],
    expectedBoxes: expected,
    polygons: [...content.polygons, ...scaled.polygons],
    keypoints: [...content.keypoints, ...scaled.keypoints],
    regions: scaled.regions satisfies Region[],
    classes: content.classes.length > 0 ? content.classes : scaled.classes,
    problems: [...content.problems, ...problems],
  };
}

/** From parts of the picture's width and height. */
function inPixels(detections: PictureDetections, width: number, height: number): PictureDetections {
  const point = <Given extends readonly [number | null, number | null] | null>(given: Given) =>
    given &&
    ([given[0] === null ? null : given[0] * width, given[1] === null ? null : given[1] * height] as const);
  const box = (given: Box): Box => ({
    ...given,
    xStart: given.xStart * width,
    xEnd: given.xEnd * width,
    yStart: given.yStart * height,
    yEnd: given.yEnd * height,
  });
  return {
    ...detections,
    boxes: detections.boxes.map(box),
    expectedBoxes: detections.expectedBoxes?.map(box) ?? null,
    polygons: detections.polygons.map((each) => ({
      ...each,
      points: each.points.map(point) as ImageContent["polygons"][number]["points"],
    })),
    keypoints: detections.keypoints.map((each) => ({
      ...each,
      points: each.points.map(point) as ImageContent["keypoints"][number]["points"],
    })),
  };
}
