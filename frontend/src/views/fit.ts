/** Which of several things in a row have room, and which go into the menu at its end. */
export interface Fitted<Thing> {
  shown: Thing[];
  rest: Thing[];
}

/**
 * Those for which there is room, from the first on; `kept` is shown in any case, in the place of the last ones that would
 * fit. Order is kept.
 *
 * `room`: pixels there are; `more`: pixels of the menu's button, which is there only if something is in it.
 */
export function fit<Thing>(
  things: readonly Thing[],
  widthOf: (thing: Thing) => number,
  {
    room,
    more,
    kept,
    alwaysMore,
  }: { room: number; more: number; kept?: Thing | undefined; alwaysMore: boolean },
): Fitted<Thing> {
  const total = things.reduce((sum, thing) => sum + widthOf(thing), 0);
  if (total + (alwaysMore ? more : 0) <= room) return { shown: [...things], rest: [] };
  let left = room - more - (kept === undefined ? 0 : widthOf(kept));
  let isFull = false;
  const shown = things.filter((thing) => {
    if (thing === kept) return true;
    left -= widthOf(thing);
    isFull ||= left < 0;
    return !isFull;
  });
  return { shown, rest: things.filter((thing) => !shown.includes(thing)) };
}
