/** How wide somebody wants the columns of tables. */
import { Setting } from "./settings.svelte";

const LEAST_PX = 48;
const MOST_PX = 1200;

/** In pixels, by table and column. */
const widths = new Setting<Record<string, number>>("column-widths", {});

export function widthOf(table: string, column: string): number | undefined {
  return widths.value[`${table}/${column}`];
}

/** undefined: as wide as it is by itself. */
export function setWidth(table: string, column: string, width: number | undefined): void {
  const key = `${table}/${column}`;
  const others = Object.entries(widths.value).filter(([other]) => other !== key);
  const own: [string, number][] =
    width === undefined ? [] : [[key, Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, width)))]];
  widths.value = Object.fromEntries([...others, ...own]);
}
