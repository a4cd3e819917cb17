import { outerFolders } from "../../lib/runFolders";
import { experiments } from "../../state/experiments.svelte";

/** The id of what a page shows of a folder: the experiment that it is or lies in, or else itself. */
export function pageOfFolder(folder: string): string {
  return [folder, ...outerFolders(folder)].find((id) => experiments.get(id)) ?? folder;
}
