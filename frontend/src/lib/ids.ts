/** The readable form of an id (a percent-encoded name or path). Bytes that are not UTF-8 stay encoded. */
export function readable(id: string): string {
  return id
    .split("/")
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    })
    .join("/");
}

/** A label or path as it stands in an address: percent-encoded, `/` kept. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** A label as it stands in the address of an item. Browsers take a part `..` for a way up, unless its slashes are encoded. */
export function encodeLabel(label: string): string {
  return label.split("/").some((part) => /^\.\.?$/.test(part))
    ? encodeURIComponent(label)
    : encodePath(label);
}

/** The id of an experiment that gets this name, as the server writes it (layout.to_id). */
export function idOfName(name: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name).replace(/[!'()*]/g, hex);
}

/**
 * The experiment and the path in it, as ids, of the id of a path below the root. An experiment may lie in another one: the innermost counts.
 *
 * @param isExperiment whether there is one of this id
 */
export function splitFileId(id: string, isExperiment: (id: string) => boolean): [string, string] {
  const names = id.split("/");
  for (let count = names.length - 1; count > 1; count--) {
    const experiment = names.slice(0, count).join("%2F");
    if (isExperiment(experiment)) return [experiment, names.slice(count).join("/")];
  }
  return [names[0] ?? "", names.slice(1).join("/")];
}

/** The id of a path that the server shows to people, where bytes that are not UTF-8 stand as `\xff` (layout.shown). */
export function idOfShown(path: string): string {
  return encodePath(path).replace(/%5Cx([89a-f][0-9a-f])/gu, (_, byte: string) => `%${byte.toUpperCase()}`);
}

/** The id of the folder of the root that an experiment lies in or is; where several roots are shown, that of its root. */
export function outermost(id: string): string {
  return id.split("%2F", 1)[0] ?? "";
}
