/** Steps in growing order as runs [first, count, stride]: 0, 10, 20, ... 1000 is one run. */
export type Runs = readonly (readonly [first: number, count: number, stride: number])[];

const lastOf = ([first, count, stride]: Runs[number]) => first + (count - 1) * stride;

export function countSteps(runs: Runs): number {
  return runs.reduce((sum, [, count]) => sum + count, 0);
}

export function lastStep(runs: Runs): number | null {
  const run = runs.at(-1);
  return run ? lastOf(run) : null;
}

/** The step at a position, counted from 0. */
export function stepAt(runs: Runs, position: number): number | null {
  let left = position;
  for (const [first, count, stride] of runs) {
    if (left < count) return left < 0 ? null : first + left * stride;
    left -= count;
  }
  return null;
}

/** The position of the largest step that is not beyond `step`; -1 if all are. */
export function positionOf(runs: Runs, step: number): number {
  let before = 0;
  for (const run of runs) {
    const [first, count, stride] = run;
    if (step < first) break;
    const inside = stride > 0 ? Math.floor((step - first) / stride) : 0;
    if (inside < count) return before + inside;
    before += count;
  }
  return before - 1;
}

export function hasStep(runs: Runs, step: number): boolean {
  return stepAt(runs, positionOf(runs, step)) === step;
}

/** The step shown when `wanted` is asked for: itself, else the nearest one before it, else the first. */
export function nearestStep(runs: Runs, wanted: number): number | null {
  return stepAt(runs, Math.max(0, positionOf(runs, wanted)));
}

export function* eachStep(runs: Runs): Generator<number> {
  for (const [first, count, stride] of runs) {
    for (let index = 0; index < count; index++) yield first + index * stride;
  }
}

export function toRuns(steps: Iterable<number>): [number, number, number][] {
  const runs: [number, number, number][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run?.[1] === 1 && step > run[0]) {
      run[1] = 2;
      run[2] = step - run[0];
    } else if (run && step === run[0] + run[1] * run[2]) {
      run[1]++;
    } else {
      runs.push([step, 1, 1]);
    }
  }
  return runs;
}

/** The runs with one step more. The usual case, a new last step, touches only the last run. */
export function addStep(runs: Runs, step: number): Runs {
  const tail = runs.at(-1);
  if (!tail) return [[step, 1, 1]];
  const [first, count, stride] = tail;
  if (step > lastOf(tail)) {
    const rest = runs.slice(0, -1);
    if (count === 1) return [...rest, [first, 2, step - first]];
    if (step === first + count * stride) return [...rest, [first, count + 1, stride]];
    return [...runs, [step, 1, 1]];
  }
  return hasStep(runs, step) ? runs : toRuns([...eachStep(runs), step].sort((a, b) => a - b));
}

export function removeStep(runs: Runs, step: number): Runs {
  return hasStep(runs, step) ? toRuns([...eachStep(runs)].filter((other) => other !== step)) : runs;
}

/** The steps of several labels or experiments together. Most often they are the same: then nothing is counted out. */
export function unionOf(all: readonly Runs[]): Runs {
  const distinct = [...new Map(all.map((runs) => [runs.join(";"), runs])).values()];
  if (distinct.length === 1 && distinct[0]) return distinct[0];
  const steps = new Set<number>();
  for (const runs of distinct) for (const step of eachStep(runs)) steps.add(step);
  return toRuns([...steps].sort((a, b) => a - b));
}

/** At most so many steps, evenly chosen, the first and the last one among them. */
export function someSteps(runs: Runs, most: number): number[] {
  const count = countSteps(runs);
  if (count <= most) return [...eachStep(runs)];
  const places = Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
  return places.map((place) => stepAt(runs, place)!);
}
