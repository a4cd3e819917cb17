/** The bytes of a file as a text to read; null if they are none: pictures, archives, models. */
export function toText(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return null;
  // Not to the end: the last character may be cut.
  const text = new TextDecoder().decode(bytes, { stream: true });
  const strange = text.slice(0, LOOKED_AT).split("\ufffd").length - 1;
  return strange > Math.min(text.length, LOOKED_AT) * MOST_STRANGE ? null : text;
}

const LOOKED_AT = 8192;
/** So many characters of another encoding than UTF-8 can be borne, more cannot be read. */
const MOST_STRANGE = 0.1;
