/** The file of a mesh, of any format, as numbers. Nothing that a file names is loaded. */
import { BufferGeometry, Color, type Material, type Object3D } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { OBJLoader } from "three/addons/loaders/OBJLoader.js";
import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { STLLoader } from "three/addons/loaders/STLLoader.js";
import { withoutTextures } from "./glb";
import { shapeOf, type Part, type Shape } from "./shape";

// What surrounds a mesh is found by `shapeOf`, of its coordinates that are numbers; the loaders would report the others.
BufferGeometry.prototype.computeBoundingSphere = () => undefined;

/** `suffix`: with its dot, in lower case. */
export async function readShape(content: ArrayBuffer, suffix: string): Promise<Shape> {
  switch (suffix) {
    case ".ply": {
      const geometry = new PLYLoader().parse(content);
      return shapeOf([partOf(geometry, geometry.index ? "triangles" : "points", null)]);
    }
    case ".stl":
      return shapeOf([partOf(new STLLoader().parse(content), "triangles", null)]);
    case ".obj":
      return shapeOf(partsOf(new OBJLoader().parse(new TextDecoder().decode(content))));
    case ".glb": {
      const { scene } = await new GLTFLoader().parseAsync(withoutTextures(content), "");
      return shapeOf(partsOf(scene));
    }
    default:
      throw new Error(`${suffix} is no mesh`);
  }
}

interface Drawn extends Object3D {
  geometry: BufferGeometry;
  material: Material | Material[];
}

/** Every part of a scene, where the scene has it. */
function partsOf(scene: Object3D): Part[] {
  const parts: Part[] = [];
  scene.updateMatrixWorld(true);
  scene.traverse((object) => {
    const { type } = object;
    const form = /Mesh$/.test(type) ? "triangles" : type === "Points" ? "points" : "lines";
    if (!("geometry" in object) || (form === "lines" && !type.startsWith("Line"))) return;
    const { geometry, material, matrixWorld } = object as Drawn;
    const placed = geometry.clone().applyMatrix4(matrixWorld);
    const [first] = [material].flat();
    const color = first && "color" in first && first.color instanceof Color ? first.color : null;
    parts.push(partOf(placed, form, color && [color.r, color.g, color.b]));
  });
  return parts;
}

function partOf(geometry: BufferGeometry, form: Part["form"], color: Part["color"]): Part {
  const { position, color: colors } = geometry.attributes;
  if (!position) throw new Error("it has no vertices");
  return {
    form,
    positions: triplesOf(position),
    indices: geometry.index && Uint32Array.from(geometry.index.array),
    colors: colors ? triplesOf(colors) : null,
    color,
  };
}

/** Three numbers of each vertex, as the card takes them. */
function triplesOf(attribute: BufferGeometry["attributes"][string]): Float32Array {
  const { array, itemSize, normalized, count } = attribute;
  if (array instanceof Float32Array && itemSize === 3 && !normalized && array.length === count * 3)
    return array;
  const triples = new Float32Array(count * 3);
  for (let at = 0; at < triples.length; at++) {
    triples[at] = attribute.getComponent(Math.floor(at / 3), at % 3);
  }
  return triples;
}
