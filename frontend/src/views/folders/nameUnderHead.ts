import type { ExperimentSummary } from "../../api/messages";
import { folderOf } from "../../lib/runFolders";
import { ELLIPSIS } from "../../lib/shortNames";
import { foldedFolders } from "../../state/foldedFolders.svelte";
import { names } from "../../state/names.svelte";

/** What an experiment is called below the head of its folder, which says the rest; undefined without a head. */
export function nameUnderHead({ id, title }: ExperimentSummary): string | undefined {
  if (!foldedFolders.headed.has(folderOf(id))) return undefined;
  const short = names.short(id);
  if (title !== "" || names.settings.length > 0) return short;
  return short.slice(short.lastIndexOf("/") + 1).replace(new RegExp(`^${ELLIPSIS}`), "");
}
