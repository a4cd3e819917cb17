import { expect, test } from "vitest";
import { alertsOf, seenOf, type Alert } from "./alerts";

const alert = (time: number, title = String(time)): Alert => ({ time, level: "info", title, text: "" });
const a = { id: "a", alerts: [alert(1), alert(5)] };
const b = { id: "b", alerts: [alert(3)] };

test("the newest come first, whatever experiment they are of", () => {
  expect(alertsOf([a, b], {}).map(({ title, experiment }) => [title, experiment])).toEqual([
    ["5", "a"],
    ["3", "b"],
    ["1", "a"],
  ]);
});

test("what was seen stays seen, and what comes then is not", () => {
  const seen = seenOf([a, b, { id: "none", alerts: [] }]);
  expect(seen).toEqual({ a: 5, b: 3 });
  const later = [
    { ...a, alerts: [...a.alerts, alert(6)] },
    // Of an experiment that was not there, although its time is an earlier one.
    { id: "c", alerts: [alert(2)] },
  ];
  expect(
    alertsOf([...later, b], seen)
      .filter((each) => !each.seen)
      .map(({ title }) => title),
  ).toEqual(["6", "2"]);
});
