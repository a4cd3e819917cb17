import { expect, test } from "vitest";
import { withoutTextures } from "./glb";

function glb(document: object, rest = new Uint8Array(0)): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(document).padEnd(400));
  const content = new Uint8Array(20 + json.length + rest.length);
  const view = new DataView(content.buffer);
  [0x46546c67, 2, content.length, json.length, 0x4e4f534a].forEach((word, at) =>
    view.setUint32(at * 4, word, true),
  );
  content.set(json, 20);
  content.set(rest, 20 + json.length);
  return content.buffer;
}

function documentOf(content: ArrayBuffer): unknown {
  const bytes = new DataView(content).getUint32(12, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(content, 20, bytes)));
}

test("pictures go, plain colours and the rest of the file stay", () => {
  const rest = new Uint8Array([1, 2, 3, 4]);
  const changed = withoutTextures(
    glb(
      {
        meshes: [{ name: "a" }],
        images: [{ uri: "https://example.org/a.png" }],
        textures: [{ source: 0 }],
        materials: [
          { pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1], baseColorTexture: { index: 0 } } },
          { normalTexture: { index: 0 } },
        ],
      },
      rest,
    ),
  );
  expect(documentOf(changed)).toEqual({
    meshes: [{ name: "a" }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1] } }, {}],
  });
  expect(changed.byteLength % 4).toBe(0);
  expect(new DataView(changed).getUint32(8, true)).toBe(changed.byteLength);
  expect([...new Uint8Array(changed).slice(-4)]).toEqual([1, 2, 3, 4]);
});

test("a file that names another one is refused", () => {
  expect(() => withoutTextures(glb({ buffers: [{ uri: "https://example.org/a.bin" }] }))).toThrow(
    "another file",
  );
});

test("what is cut short or no glTF is refused", () => {
  expect(() => withoutTextures(new ArrayBuffer(8))).toThrow("no binary glTF");
  expect(() => withoutTextures(glb({}).slice(0, 60))).toThrow("cut short");
});
