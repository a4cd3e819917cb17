/** A binary glTF without what would have to be loaded or decoded as a picture: its geometry and plain colours stay. */

const MAGIC = 0x46546c67; // "glTF"
const JSON_CHUNK = 0x4e4f534a;
const HEAD_BYTES = 12;
const CHUNK_HEAD_BYTES = 8;

type Document = Record<string, unknown>;

export function withoutTextures(content: ArrayBuffer): ArrayBuffer {
  const view = new DataView(content);
  if (content.byteLength < HEAD_BYTES + CHUNK_HEAD_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new Error("it is no binary glTF");
  }
  const jsonBytes = view.getUint32(HEAD_BYTES, true);
  const jsonStart = HEAD_BYTES + CHUNK_HEAD_BYTES;
  if (view.getUint32(HEAD_BYTES + 4, true) !== JSON_CHUNK || jsonStart + jsonBytes > content.byteLength) {
    throw new Error("it is cut short");
  }
  const text = new TextDecoder().decode(new Uint8Array(content, jsonStart, jsonBytes));
  const document = plain(JSON.parse(text) as Document);
  const json = new TextEncoder().encode(JSON.stringify(document));
  const paddedBytes = Math.ceil(json.length / 4) * 4;
  const rest = new Uint8Array(content, jsonStart + jsonBytes);
  const changed = new Uint8Array(jsonStart + paddedBytes + rest.length).fill(
    0x20,
    0,
    jsonStart + paddedBytes,
  );
  const head = new DataView(changed.buffer);
  head.setUint32(0, MAGIC, true);
  head.setUint32(4, 2, true);
  head.setUint32(8, changed.length, true);
  head.setUint32(HEAD_BYTES, paddedBytes, true);
  head.setUint32(HEAD_BYTES + 4, JSON_CHUNK, true);
  changed.set(json, jsonStart);
  changed.set(rest, jsonStart + paddedBytes);
  return changed.buffer;
}

function plain(document: Document): Document {
  for (const buffer of listOf(document["buffers"])) {
    if ("uri" in buffer) throw new Error("it names another file, and such are never loaded");
  }
  const materials = listOf(document["materials"]).map(({ pbrMetallicRoughness: surface }) => {
    const factor = (surface as Document | undefined)?.["baseColorFactor"];
    return factor ? { pbrMetallicRoughness: { baseColorFactor: factor } } : {};
  });
  const kept: Document = { ...document };
  for (const name of ["images", "textures", "samplers", "animations", "materials"]) delete kept[name];
  return materials.length > 0 ? { ...kept, materials } : kept;
}

function listOf(value: unknown): Document[] {
  return Array.isArray(value) ? (value as Document[]) : [];
}
