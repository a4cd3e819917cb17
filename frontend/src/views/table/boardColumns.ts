/** Columns of the overview as a table on a board has them: fields of the filter's language (docs/filter.md). Pure. */
import { fieldOfSetting } from "./aspects";
import { SETTING_PREFIX } from "./settingColumns";
import type { Column } from "./tableColumn";

const FACTS = ["status", "title", "started", "changed", "duration", "host", "commit", "source"];

/** Those that can be asked for; without the name, which each row has. */
export function boardColumns(columns: readonly Column[]): string[] {
  return columns.flatMap(({ key, field }) => {
    if (field !== undefined) return [field];
    if (key.startsWith(SETTING_PREFIX)) return [fieldOfSetting(key.slice(SETTING_PREFIX.length))];
    if (key === "tags") return ["tag"];
    return FACTS.includes(key) ? [key] : [];
  });
}
