import { afterEach, expect, test, vi } from "vitest";
import { askAbout, getJson, postJson, PRESENT } from "../api/http";
import type { FeedMessage } from "../api/messages";
import { dispatch, onFeed } from "./connection.svelte";
import { past } from "./past.svelte";

afterEach(() => {
  past.text = "";
  vi.unstubAllGlobals();
});

test("what the feed says of files waits while the past is looked at, and the rest is heard", () => {
  const heard: string[] = [];
  const ends = (["points", "items", "health", "resync"] as const).map((type) =>
    onFeed(type, () => heard.push(type)),
  );
  const say = (type: FeedMessage["type"]) => dispatch({ type } as FeedMessage);
  say("points");
  past.text = "s12";
  for (const type of ["points", "items", "health", "resync"] as const) say(type);
  expect(heard).toEqual(["points", "health", "resync"]);
  expect(past.waiting).toBe(2);
  past.text = "";
  expect(past.waiting).toBe(0);
  say("items");
  expect(heard.at(-1)).toBe("items");
  for (const end of ends) end();
});

test("requests that can be about the past say which, and no others do", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: URL) => {
    asked.push(address.href.slice(address.href.indexOf("api/")));
    return Promise.resolve(new Response("{}"));
  });
  askAbout(() => past.text);
  past.text = "t1763600000.5";
  await getJson("api/root");
  await postJson("api/scalars/series", {});
  await getJson("api/logs/run/a.log?lines=3");
  await getJson("api/notes/run");
  await getJson(`${PRESENT}api/root`);
  past.text = "s40";
  await getJson("api/experiments/run");
  past.text = "soon";
  await getJson("api/root");
  expect(asked).toEqual([
    "api/root?time=1763600000.5",
    "api/scalars/series?time=1763600000.5",
    "api/logs/run/a.log?lines=3&time=1763600000.5",
    "api/notes/run",
    "api/root",
    "api/experiments/run?step=40",
    "api/root",
  ]);
});
