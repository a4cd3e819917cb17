/** The worker's side of differ.ts. */
import { diffTexts, type Unit } from "./textDiff";

export interface DiffRequest {
  left: string;
  right: string;
  unit: Unit;
}

onmessage = ({ data: { left, right, unit } }: MessageEvent<DiffRequest>) => {
  const diff = diffTexts(left, right, unit);
  postMessage(diff, { transfer: [diff.kinds.buffer, diff.left.buffer, diff.right.buffer] });
};
