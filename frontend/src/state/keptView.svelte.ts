/** The view as it was left, kept per root in this browser: a visit whose address says nothing begins with it. */
import { rootSettings } from "./rootSettings.svelte";
import { Setting } from "./settings.svelte";
import { beginWith, lastingParameters, setLasting, whenWritten } from "./view.svelte";

/** null: nothing was changed yet, so that what people declared for the root holds. */
const left = new Setting<Record<string, string[]> | null>("view", null);
let before = "";

/** Once the root is known. An address that says something wins, then what was left here, then the root's. */
export function beginVisit(): void {
  beginWith(left.value ?? rootSettings.view);
  before = JSON.stringify(lastingParameters());
  // The address may be written while the page is being drawn, when nothing may be changed.
  whenWritten(() => queueMicrotask(keep));
}

function keep(): void {
  const now = lastingParameters();
  if (JSON.stringify(now) !== before) left.value = now;
  before = JSON.stringify(now);
}

/** As a first visit finds it. What is opened stays. */
export function resetView(): void {
  setLasting(rootSettings.view);
  before = JSON.stringify(lastingParameters());
  left.value = null;
}
