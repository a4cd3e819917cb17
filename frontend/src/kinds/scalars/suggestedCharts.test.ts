import { expect, test } from "vitest";
import { NEW_CHART } from "./customCharts";
import { withSuggested } from "./suggestedCharts";

const BOTH = { title: "both", category: "Losses", labels: ["loss/a", "loss/b"], pattern: "" };
const OWN = { ...NEW_CHART, labels: ["lr"] };

test("suggested charts stand behind one's own, with their head in the title", () => {
  const charts = withSuggested(
    [OWN],
    [BOTH, { title: "", category: "Losses", labels: [], pattern: "^(?:loss/.*)" }],
  );
  expect(charts).toEqual([
    OWN,
    { ...NEW_CHART, title: "Losses: both", labels: ["loss/a", "loss/b"] },
    { ...NEW_CHART, title: "Losses", pattern: "^(?:loss/.*)" },
  ]);
});

test("what is there comes once", () => {
  const charts = withSuggested([], [BOTH]);
  expect(withSuggested(charts, [BOTH])).toEqual(charts);
});
