/** What is loaded soon after the page, not with it: it also opens where the server is gone by then. */
export const loadConnectionDetails = () => import("./ConnectionDetails.svelte");
export const loadMenu = () => import("./edits/ExperimentMenu.svelte");

const SOON_MS = 1000;

export function loadRestSoon(): void {
  setTimeout(() => {
    for (const load of [loadMenu, loadConnectionDetails]) void load().catch(() => undefined);
  }, SOON_MS);
}
