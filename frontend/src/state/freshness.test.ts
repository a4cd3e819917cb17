import { expect, test } from "vitest";
import type { Health } from "../api/messages";
import { freshness } from "./freshness";

const health: Health = {
  mode: "inotify",
  root_present: true,
  delay_s: 0,
  watched_folders: 3,
  unwatched_folders: 0,
  unwatched_rows: 0,
  links: 0,
  row_delay_s: 6,
  reason: "",
  roots: [],
};

test.each(["connecting", "reconnecting", "gone"] as const)(
  "nothing is claimed while the page is %s",
  (state) => {
    expect(freshness(state, health)).toEqual({ seen: "not now", delay_s: null });
  },
);

test("nothing is claimed before the server has spoken, while its folder is gone or a look has failed", () => {
  expect(freshness("live", null).seen).toBe("not now");
  expect(freshness("live", { ...health, root_present: false }).seen).toBe("not now");
  expect(freshness("live", { ...health, delay_s: null }).seen).toBe("not always: a look has failed");
});

test("at once is said only if the server is told of every change and pushes it", () => {
  expect(freshness("live", health).seen).toBe("at once");
  expect(freshness("live", { ...health, delay_s: 7 }).seen).toBe("after at most 7 s");
  expect(freshness("polling", health).seen).toBe("after at most 1 s");
  expect(freshness("polling", { ...health, delay_s: 7 }).seen).toBe("after at most 8 s");
});
