/** The time for "5 min ago" and the like: Unix seconds, moving on every ten seconds while somebody reads it. */
import { createSubscriber } from "svelte/reactivity";

const EVERY_MS = 10_000;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, EVERY_MS);
  return () => clearInterval(timer);
});

export const clock = {
  get now(): number {
    subscribe();
    return Date.now() / 1000;
  },
};
