import { expect, test } from "vitest";
import { experimentOf } from "../../state/experiment.fixture";
import { decodeIds, encodeIds } from "../../lib/comparedIds";
import { environmentOf, resultsOf } from "./comparedValues";

test("the environment has only what is known", () => {
  expect([...environmentOf(experimentOf("a", { status: "unknown" }))]).toEqual([]);
  const sessions = [
    { started: 10, ended: 100, outcome: "finished", host: "node7", pid: 1 },
    { started: 200, ended: 260, outcome: "finished", host: "node8", pid: 2 },
  ];
  const found = environmentOf(
    experimentOf("a", { status: "finished", sessions, git_commit: "5a1f0c3d9e0b7f" }),
  );
  expect(found.get("host")).toBe("node7, node8");
  expect(found.get("duration")).toBe("1 min");
  expect(found.get("commit")).toBe("5a1f0c3d9e");
});

test("results are the last values, as tables show them", () => {
  const label = {
    label: "loss",
    count: 2,
    last_step: 1,
    last_value: "nan",
    last_wall_time: 0,
    minimum: 0,
    maximum: 1,
  };
  expect([...resultsOf(new Map([["loss", label]]))]).toEqual([["loss", "NaN"]]);
});

test("at most five stand beside each other, each once", () => {
  expect(decodeIds("a,b,,a,c,d,e,f")).toEqual(["a", "b", "c", "d", "e"]);
  expect(decodeIds(encodeIds(["a%2Cb", "c"]))).toEqual(["a%2Cb", "c"]);
});
