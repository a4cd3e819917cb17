/** Filters that mean something here. Pure. */
import { quoted } from "../../lib/filterTerms";
import type { Vocabulary } from "./completions";

const OURS: readonly string[] = ["status", "tag", "folder"];

/** Three: of a setting, of status and time, of a result. */
export function examplesOf({ fields, labels }: Vocabulary): string[] {
  const setting = fields.find(({ written, values }) => !OURS.includes(written) && values.length > 1);
  const label = labels.find((each) => /val.*loss/iu.test(each)) ?? labels.find((each) => /loss/iu.test(each));
  return [
    setting?.values[0]?.term ?? "lr=0.01",
    "-status=crashed started>-7d",
    `min(${quoted(label ?? labels[0] ?? "val/loss")})<0.3`,
  ];
}
