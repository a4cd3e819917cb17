/** So many characters of the end of a long name are kept; a name of up to twice as many is one part. */
const END = 10;

/** A name in two parts: where there is no room for all of it, the end of the first is left out, for names differ at their ends. */
export function nameParts(name: string): [start: string, end: string] {
  const characters = [...name];
  const length = characters.length > 2 * END ? characters.length - END : characters.length;
  return [characters.slice(0, length).join(""), characters.slice(length).join("")];
}
