/** The past that all pages look at (docs/protocol.md, "The past"), in the address. Meanwhile, what the feed says waits. */
import type { FeedMessage } from "../api/messages";
import { readParameter, writeParameter } from "./view.svelte";

/** What it says of files. How the server is, and that all is to be asked for again, is heard at any time. */
const HELD = new Set<FeedMessage["type"]>(["experiments", "items", "points", "scalars", "file"]);

let waiting = $state(0);

export const past = {
  /** `t` and a time in Unix seconds, or `s` and a step; "" is the present. */
  get text(): string {
    return readParameter("until")[0] ?? "";
  },
  set text(text: string) {
    if (text === "") waiting = 0;
    writeParameter("until", text === "" ? [] : [text]);
  },

  /** How many changes have come since the present was left. */
  get waiting(): number {
    return waiting;
  },

  /** Whether a message is not for now. */
  holds({ type }: FeedMessage): boolean {
    const isHeld = past.text !== "" && HELD.has(type);
    // How long a file is, is said as soon as it is followed.
    if (isHeld && type !== "file") waiting++;
    return isHeld;
  },
};
