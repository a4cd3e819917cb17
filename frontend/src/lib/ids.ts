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
