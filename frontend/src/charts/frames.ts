/**
 * Work spread over animation frames, so that many charts redrawn at once do not stop the page: as much in each frame as
 * lately fitted. Drawing is often finished by the browser after our code returns, so time is told by the frames' distance.
 */

export type Work = () => void;

/** Frames this near to each other (ms) leave room for more; frames this far apart had too much in them. */
const FLUENT_MS = 20;
const LATE_MS = 28;
const FIRST_SHARE = 4;
const LARGEST_SHARE = 64;

const waiting = new Set<Work>();
let share = FIRST_SHARE;
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
  if (distance > LATE_MS && wasFull) share = Math.max(1, Math.floor(share * 0.7));
  else if (distance < FLUENT_MS && wasFull) share = Math.min(LARGEST_SHARE, share + 1);
  lastFrame = now;
  let done = 0;
  for (const work of waiting) {
    if (done === share) break;
    waiting.delete(work);
    done++;
    work();
  }
  wasFull = done === share;
  scheduled = waiting.size > 0;
  if (scheduled) requestAnimationFrame(run);
}
