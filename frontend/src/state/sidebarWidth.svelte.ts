/** How wide somebody wants the sidebar, in pixels. */
import { Setting } from "./settings.svelte";

export const LEAST_WIDTH = 200;
export const MOST_WIDTH = 720;
/** `--sidebar` in styles/tokens.css. */
const OWN_WIDTH = 272;

const width = new Setting("sidebar-width", OWN_WIDTH);

export const sidebarWidth = {
  get value(): number {
    return width.value;
  },
  set value(wanted: number) {
    width.value = Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, wanted)));
  },

  reset(): void {
    width.value = OWN_WIDTH;
  },
};
