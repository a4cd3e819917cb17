/** Which tags logs have, as far as they were read. */
import type { LogWindow } from "./logWindow";
import { rowsOf } from "./rows";

let byLog = $state.raw<ReadonlyMap<string, ReadonlySet<string>>>(new Map());
let all = $derived([...new Set([...byLog.values()].flatMap((tags) => [...tags]))].sort());

/** undefined: it has none, so nothing is left out of it. */
export function tagsOf(log: string): ReadonlySet<string> | undefined {
  return byLog.get(log);
}

export function knownTags(): readonly string[] {
  return all;
}

export function noteTags(log: string, window: LogWindow): void {
  const known = byLog.get(log);
  const fresh = new Set<string>();
  for (const part of window.parts) {
    for (const { tag } of rowsOf(part)) if (tag !== "" && !known?.has(tag)) fresh.add(tag);
  }
  if (fresh.size > 0) byLog = new Map([...byLog, [log, new Set([...(known ?? []), ...fresh])]]);
}
