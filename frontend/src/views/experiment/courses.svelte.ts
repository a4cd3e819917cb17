/** The courses of labels of an experiment, as paths for small drawings. */
import { fetchSeries } from "../../api/scalars";
import type { ScalarLabel } from "../../api/messages";
import { useLatest } from "../../state/latest.svelte";
import { sparkline } from "./sparkline";

type Wanted = [experiment: string, labels: [label: string, count: number][]];

/**
 * Ask for them, and again when there are noticeably more points. Call it while a component is made.
 *
 * @param labels - not more than a request names.
 */
export function useCourses(
  experiment: () => string,
  labels: () => readonly ScalarLabel[],
  size: () => { width: number; height: number },
): { of: (label: string) => string } {
  /** As words, so that the courses are asked for again only if there are other points. */
  const wanted = $derived(
    JSON.stringify([experiment(), labels().map(({ label, count }) => [label, roundedCount(count)])]),
  );
  const courses = useLatest(
    () => (labels().length ? (JSON.parse(wanted) as Wanted) : null),
    async ([id, asked], signal) => {
      const { series } = await fetchSeries(
        {
          experiments: [id],
          labels: asked.map(([label]) => label),
          x: "step",
          log_x: false,
          x_min: null,
          x_max: null,
          columns: 60,
          smoothing: 0,
          method: "ema",
          expressions: [],
          x_label: "",
        },
        signal,
      );
      const paths = new Map<string, string>();
      for (const { head, steps, values } of series)
        paths.set(head.label, (paths.get(head.label) ?? "") + sparkline(steps, values, size()));
      return paths;
    },
  );
  return { of: (label) => courses.answer?.get(label) ?? "" };
}

/** In steps of a twentieth: a course of a million points looks the same with one more. */
function roundedCount(count: number): number {
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.floor(count / (digit * 2)) * digit * 2;
}
