import { expect, test, vi } from "vitest";
import type * as root from "../api/root";
import type { Catalogue, ItemChange } from "../api/messages";
import { catalogues } from "./catalogues.svelte";
import { dispatch, setFeedState } from "./connection.svelte";

const answer = vi.hoisted(() => ({ catalogue: null as Catalogue | null, count: 0, fails: false }));
vi.mock("../api/root", async (original) => ({
  ...(await original<typeof root>()),
  fetchCatalogue: () => {
    answer.count++;
    return answer.fails ? Promise.reject(new Error("gone")) : Promise.resolve(answer.catalogue);
  },
}));

async function loadRun(sequence = 5) {
  answer.catalogue = {
    experiment: "run",
    epoch: "e",
    sequence,
    labels: [{ kind: "images", label: "bird", steps: [[0, 3, 10]], has_global: false }],
    problems: [],
    moment: null,
    rewritten: [],
  };
  const release = catalogues.hold(["run"], "images");
  await vi.waitFor(() => expect(catalogues.get("run")?.state).toBe("ready"));
  return release;
}

const change = (sequence: number, ...changes: ItemChange[]) =>
  dispatch({ type: "items", sequence, experiment: "run", changes });
const bird = (step: number | null, removed = false) => ({ kind: "images", label: "bird", step, removed });

test("a catalogue follows the feed", async () => {
  const release = await loadRun();
  change(6, bird(30), bird(null), { kind: "texts", label: "a", step: 1, removed: false });
  expect(catalogues.info("run", "images", "bird")).toEqual({ steps: [[0, 4, 10]], hasGlobal: true });
  expect(catalogues.info("run", "texts", "a")).toEqual({ steps: [[1, 1, 1]], hasGlobal: false });
  change(7, bird(null, true), ...[0, 10, 20, 30].map((step) => bird(step, true)));
  expect([...catalogues.labels("run", "images").keys()]).toEqual([]);
  release();
});

test("what the catalogue knows already is not applied again", async () => {
  const release = await loadRun(50);
  await vi.waitFor(() => expect(catalogues.info("run", "images", "bird").steps).toEqual([[0, 3, 10]]));
  change(49, bird(20, true));
  expect(catalogues.info("run", "images", "bird").steps).toEqual([[0, 3, 10]]);
  release();
});

test("it is asked for once while it is followed, and anew after nobody followed it", async () => {
  answer.count = 0;
  const first = await loadRun(60);
  const second = catalogues.hold(["run"], "images");
  first();
  const third = catalogues.hold(["run"], "images");
  second();
  third();
  const fourth = catalogues.hold(["run"], "images");
  await Promise.resolve();
  expect(answer.count).toBe(1);
  fourth();
  await Promise.resolve();
  (await loadRun(61))();
  await vi.waitFor(() => expect(answer.count).toBe(2));
});

test("a kind whose changes were not heard of is asked for", async () => {
  const images = await loadRun(70);
  answer.count = 0;
  const texts = catalogues.hold(["run"], "texts");
  await vi.waitFor(() => expect(answer.count).toBe(1));
  images();
  texts();
});

test("what could not be had is asked for again when the server is back", async () => {
  answer.fails = true;
  const release = catalogues.hold(["other"], "images");
  await vi.waitFor(() => expect(catalogues.get("other")?.state).toBe("failed"));
  answer.fails = false;
  setFeedState("live", 0, "");
  await vi.waitFor(() => expect(catalogues.get("other")?.state).toBe("ready"));
  release();
});
