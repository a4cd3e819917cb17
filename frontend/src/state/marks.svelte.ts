/** What people say of experiments: tags, star, title, archived, colour. */
import type { EditAnswer, Mark } from "../api/messages";
import { perform } from "./edits.svelte";
import { experiments } from "./experiments.svelte";

type Change = Partial<Omit<Mark, "action" | "targets" | "title">>;

/**
 * Say something of several at once. Each of these changes is true whatever else was said meanwhile, so what is in another
 * state than the one seen is tried again with that.
 */
export async function mark(ids: readonly string[], change: Change): Promise<void> {
  const edit = markEdit(ids, change);
  if (edit.targets.length > 0) await perform(edit, {}, (answer) => again(edit, answer));
}

export function star(id: string, starred: boolean): Promise<void> {
  return mark([id], { starred });
}

/** "" takes the title away. Another state than the one seen is a conflict, which is returned. */
export async function setTitle(id: string, title: string, match: string): Promise<EditAnswer | null> {
  const targets = [{ experiment: id, match }];
  return perform({ ...NOTHING_SAID, title, targets }, { tells: "successes" });
}

const NOTHING_SAID: Omit<Mark, "targets"> = {
  action: "mark",
  title: null,
  starred: null,
  archived: null,
  add_tags: [],
  remove_tags: [],
  colour: null,
  read_files: null,
};

function markEdit(ids: readonly string[], change: Change): Mark {
  const targets = ids.flatMap((id) => {
    const experiment = experiments.get(id);
    return experiment ? [{ experiment: id, match: experiment.marks }] : [];
  });
  return { ...NOTHING_SAID, ...change, targets };
}

function again(edit: Mark, { refused }: EditAnswer): Mark | null {
  const targets = refused.flatMap(({ target, conflict }) =>
    conflict ? [{ experiment: target, match: conflict.match }] : [],
  );
  return targets.length > 0 ? { ...edit, targets } : null;
}
