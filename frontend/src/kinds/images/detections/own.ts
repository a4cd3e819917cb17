/** The sets of boxes of an experiment's own pictures, as the server calls them (`reading/detections/own_boxes.py`). */
import type { DetectionRef } from "../../../api/messages";

const EXPECTED = ".expected";
const PREDICTED = ".boxes";

export const ownSets = {
  isOwn: ({ path }: DetectionRef) => path === EXPECTED || path === PREDICTED,
  isExpected: ({ path }: DetectionRef) => path === EXPECTED,
  expected: (experiment: string): DetectionRef => ({ experiment, path: EXPECTED }),
  predicted: (experiment: string): DetectionRef => ({ experiment, path: PREDICTED }),
};
