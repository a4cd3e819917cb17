/**
 * Work spread over animation frames, so that many charts redrawn at once do not stop the page: as much in each frame as
 * lately fitted. Much of drawing is done by the browser after our code returns, so what fits is told by the frames'
 * distance, not by a clock around the work.
 */

/** Says how much it was, in points drawn with a thin line. */
export type Work = () => number;

/** Frames this near to each other (ms) leave room for more; frames this far apart had too much in them. */
const FLUENT_MS = 20;
const LATE_MS = 26;
const BUDGET = { first: 12_000, least: 4000, most: 40_000, step: 500, cut: 0.7 };

const waiting = new Set<Work>();
let budget = BUDGET.first;
let scheduled = false;
let lastFrame = 0;
/** Whether the last frame did all it was allowed to, so that its length says something. */
let wasFull = false;

/** Do this once in one of the next frames. Asking again before it is done changes nothing. */
export function inFrame(work: Work): void {
  waiting.add(work);
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(run);
  }
}

export function cancelFrame(work: Work): void {
  waiting.delete(work);
}

function run(now: number): void {
  const distance = now - lastFrame;
  if (wasFull && distance > LATE_MS) budget = Math.max(BUDGET.least, budget * BUDGET.cut);
  else if (wasFull && distance < FLUENT_MS) budget = Math.min(BUDGET.most, budget + BUDGET.step);
  lastFrame = now;
  let spent = 0;
  for (const work of waiting) {
    if (spent >= budget) break;
    waiting.delete(work);
    spent += work();
  }
  wasFull = spent >= budget;
  scheduled = waiting.size > 0;
  if (scheduled) requestAnimationFrame(run);
}
