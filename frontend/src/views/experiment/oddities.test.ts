import { expect, test } from "vitest";
import type { ScalarLabel, Session } from "../../api/messages";
import { experimentOf } from "../../state/experiment.fixture";
import { odditiesOf } from "./oddities";

const scalar = (label: string, last_value: ScalarLabel["last_value"]): ScalarLabel => ({
  label,
  count: 10,
  last_step: 1200,
  last_value,
  last_wall_time: 0,
  minimum: 0,
  maximum: 1,
});
const session = (outcome: string, host = "a"): Session => ({ started: 0, ended: 1, outcome, host, pid: 1 });

test("an ordinary experiment is not odd", () => {
  expect(
    odditiesOf(experimentOf("a", { sessions: [session("finished")] }), [scalar("loss", 0.5)], []),
  ).toEqual([]);
});

test("values that are no numbers, restarts, several hosts, problems and silence are said", () => {
  const odd = odditiesOf(
    experimentOf("a", { status: "stalled", sessions: [session("RuntimeError: no"), session("", "b")] }),
    [scalar("loss", "nan"), scalar("norm", "inf"), scalar("lr", 0.1)],
    [{ path: "a/x.png", reason: "broken", position: "" }],
  );
  expect(odd.map(({ text }) => text)).toEqual([
    "It runs, but has written nothing for much longer than usual.",
    "loss is NaN at step 1,200.",
    "norm is infinite at step 1,200.",
    "It was started 2 times, 1 of them ended with an error.",
    "It ran on 2 hosts: a, b.",
    "a/x.png: broken",
  ]);
});

test("hundreds of broken labels are counted", () => {
  const odd = odditiesOf(
    experimentOf("a"),
    Array.from({ length: 300 }, (_, i) => scalar(`l${i}`, "nan")),
    [],
  );
  expect(odd.at(-1)?.text).toBe("297 other labels end in what is no number.");
});
