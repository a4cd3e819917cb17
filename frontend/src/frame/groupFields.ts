/** What experiments can be grouped by, and how that is said. */
import type { Facet, Grouping } from "../api/messages";
import { quoted } from "../lib/filterTerms";

/** As the server allows it. */
const MOST_FIELDS = 20;
/** More names than these do not stand on a button. */
const MOST_NAMED = 2;
/** What a filter's field of this name is, whatever settings there are (docs/filter.md). */
const BUILT_IN = new Set(
  "name title folder status tag host commit source kind starred archived started changed duration".split(" "),
);
const TITLES: Readonly<Record<string, string>> = { status: "Status", tag: "Tags", folder: "Folder" };

export interface GroupField {
  /** As in a filter. */
  field: string;
  title: string;
  /** How many different values there are; 0: they do not differ. */
  values: number;
  isSetting: boolean;
  /** Nearly every experiment has another value. */
  isUnique: boolean;
  /** Experiments that differ in nothing else are repeated. */
  isSeed: boolean;
}

/** The field of a setting, also of one that is called like something else. */
export function fieldOfSetting(name: string): string {
  const isOther = BUILT_IN.has(name) || /^(?:run|config|label)\./u.test(name);
  return isOther ? `config.${quoted(name)}` : quoted(name);
}

/**
 * Settings first, then what else experiments differ in; what is chosen and does not differ now is there as well.
 * Of `status`, `tag` and `folder`, the first of a name is not the setting.
 */
export function groupFieldsOf(facets: readonly Facet[], chosen: readonly string[]): GroupField[] {
  const others: GroupField[] = [];
  const settings: GroupField[] = [];
  for (const { field: name, values, more } of facets) {
    const isOther = name in TITLES && !others.some(({ field }) => field === name);
    const found: GroupField = {
      field: isOther ? name : fieldOfSetting(name),
      title: isOther ? TITLES[name]! : name,
      values: values.length + more,
      isSetting: !isOther,
      isUnique: values.length === 0,
      isSeed: !isOther && /(?:seeds?|random_?state)$/iu.test(name),
    };
    (isOther ? others : settings).push(found);
  }
  const known = new Set([...settings, ...others].map(({ field }) => field));
  for (const field of chosen) {
    if (known.has(field)) continue;
    const isSetting = !(field in TITLES);
    const title = titleOfField(field);
    (isSetting ? settings : others).push({
      field,
      title,
      values: 0,
      isSetting,
      isUnique: false,
      isSeed: false,
    });
  }
  return [...settings, ...others];
}

/** All settings but the seeds: then the groups are what was repeated. Empty where there are no seeds. */
export function allButSeeds(fields: readonly GroupField[]): string[] {
  if (!fields.some(({ isSeed }) => isSeed)) return [];
  return fields
    .filter(({ isSetting, isSeed, isUnique }) => isSetting && !isSeed && !isUnique)
    .map(({ field }) => field)
    .slice(0, MOST_FIELDS);
}

/** Of what is grouped by, on a button: `By lr, opt`; "" without. */
export function groupWords({ by, pattern, folder }: Grouping): string {
  const parts = [
    ...by.map((field) => (field in TITLES ? titleOfField(field).toLowerCase() : titleOfField(field))),
    ...(folder ? ["folder"] : []),
    ...(pattern === "" ? [] : ["name"]),
  ];
  if (parts.length === 0) return "";
  const more = parts.length - MOST_NAMED;
  const named = parts.slice(0, MOST_NAMED).join(", ");
  return more > 0 ? `By ${named}, ${more} more` : `By ${named}`;
}

function titleOfField(field: string): string {
  if (field in TITLES) return TITLES[field]!;
  const name = field.replace(/^config\./u, "");
  return /^".*"$/su.test(name) ? name.slice(1, -1).replace(/\\(["\\])/gu, "$1") : name;
}
