import { expect, test } from "vitest";
import { Queue } from "./queue";

/** Work that ends when it is told to. */
function task(name: string, begun: string[]) {
  let end: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (end = resolve));
  const work = async () => {
    begun.push(name);
    await finished;
    return name;
  };
  return { work, end };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const forever = () => new AbortController().signal;

test("only so much runs at once, in the order of the calls", async () => {
  const queue = new Queue(2);
  const begun: string[] = [];
  const [a, b, c] = [task("a", begun), task("b", begun), task("c", begun)];
  const results = Promise.all([a, b, c].map(({ work }) => queue.run(work, forever())));
  await settle();
  expect(begun).toEqual(["a", "b"]);
  b.end();
  await settle();
  expect(begun).toEqual(["a", "b", "c"]);
  a.end();
  c.end();
  expect(await results).toEqual(["a", "b", "c"]);
});

test("what is given up while it waits is never begun", async () => {
  const queue = new Queue(1);
  const begun: string[] = [];
  const [first, given, last] = [task("first", begun), task("given up", begun), task("last", begun)];
  const running = queue.run(first.work, forever());
  const giving = new AbortController();
  const lost = queue.run(given.work, giving.signal);
  const lasting = queue.run(last.work, forever());
  giving.abort();
  await expect(lost).rejects.toThrow();
  first.end();
  last.end();
  await Promise.all([running, lasting]);
  expect(begun).toEqual(["first", "last"]);
});

test("work that fails makes room for the next", async () => {
  const queue = new Queue(1);
  await expect(queue.run(() => Promise.reject(new Error("no")), forever())).rejects.toThrow("no");
  expect(await queue.run(() => Promise.resolve("yes"), forever())).toBe("yes");
});
