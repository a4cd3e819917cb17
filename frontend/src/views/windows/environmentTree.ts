/** Environments as a tree: those whose names begin alike, up to the first `_`, are below one head. Pure. */

export interface Named {
  id: string;
  name: string;
}

export type TreeRow<Env extends Named> =
  | { is: "group"; name: string; environments: readonly Env[]; isOpen: boolean }
  | { is: "environment"; environment: Env; isInGroup: boolean };

/** What stands in front of the first `_` of the last part of a path, with the folders before; "" without one. */
export function groupOf(name: string): string {
  const from = name.lastIndexOf("/") + 1;
  const at = name.indexOf("_", from);
  return at > from ? name.slice(0, at) : "";
}

/** In the given order, a group where its first one is. `isOpen`: of a group; while something is searched all are. */
export function treeOf<Env extends Named>(
  environments: readonly Env[],
  search: string,
  isOpen: (group: string) => boolean,
): TreeRow<Env>[] {
  const wanted = search.trim().toLowerCase();
  const found = wanted
    ? environments.filter(({ name }) => name.toLowerCase().includes(wanted))
    : environments;
  const groups = new Map<string, Env[]>();
  for (const each of found) {
    const members = groups.get(groupOf(each.name));
    if (members) members.push(each);
    else groups.set(groupOf(each.name), [each]);
  }
  const done = new Set<string>();
  return found.flatMap((environment): TreeRow<Env>[] => {
    const name = groupOf(environment.name);
    const members = groups.get(name)!;
    if (name === "" || members.length === 1) return [{ is: "environment", environment, isInGroup: false }];
    if (done.has(name)) return [];
    done.add(name);
    const open = wanted !== "" || isOpen(name);
    const rows = members.map((each) => ({ is: "environment", environment: each, isInGroup: true }) as const);
    return [{ is: "group", name, environments: members, isOpen: open }, ...(open ? rows : [])];
  });
}
