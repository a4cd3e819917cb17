/** What a mesh file comes to: only numbers, as they go to the graphics card. */

export interface Part {
  form: "triangles" | "points" | "lines";
  /** x, y, z of each vertex. */
  positions: Float32Array;
  /** Which vertices make the triangles or lines; null: they come in order. */
  indices: Uint32Array | null;
  /** Red, green, blue of each vertex, linear, 0 to 1; null: all have `color`. */
  colors: Float32Array | null;
  /** Of the part as a whole, linear; null: the file says nothing. */
  color: [red: number, green: number, blue: number] | null;
}

export interface Shape {
  parts: Part[];
  vertices: number;
  triangles: number;
  /** A sphere around every vertex whose coordinates are numbers. */
  centre: [x: number, y: number, z: number];
  radius: number;
}

/** Everything that can be handed to another thread without a copy. */
export function buffersOf({ parts }: Shape): ArrayBufferLike[] {
  return parts.flatMap(({ positions, indices, colors }) =>
    [positions, indices, colors].flatMap((array) => (array ? [array.buffer] : [])),
  );
}

/** Counts and surrounds the parts. Throws if an index points behind the vertices: files may say anything. */
export function shapeOf(parts: Part[]): Shape {
  const least = [Infinity, Infinity, Infinity];
  const most = [-Infinity, -Infinity, -Infinity];
  let vertices = 0;
  let triangles = 0;
  for (const { form, positions, indices } of parts) {
    const count = positions.length / 3;
    vertices += count;
    if (form === "triangles") triangles += Math.floor((indices?.length ?? count) / 3);
    for (const index of indices ?? []) {
      if (index >= count) throw new Error(`a face names vertex ${index}, but there are ${count}`);
    }
    for (let at = 0; at < positions.length; at++) {
      const value = positions[at]!;
      const axis = at % 3;
      if (!Number.isFinite(value)) continue;
      if (value < least[axis]!) least[axis] = value;
      if (value > most[axis]!) most[axis] = value;
    }
  }
  if (vertices === 0) throw new Error("it has no vertices");
  const [x, y, z] = least.map((low, axis) => middleOf(low, most[axis]!));
  const centre: Shape["centre"] = [x!, y!, z!];
  return { parts, vertices, triangles, centre, radius: farthest(parts, centre) || 1 };
}

function farthest(parts: readonly Part[], [x, y, z]: Shape["centre"]): number {
  let squared = 0;
  for (const { positions } of parts) {
    for (let at = 0; at < positions.length; at += 3) {
      const distance =
        (positions[at]! - x) ** 2 + (positions[at + 1]! - y) ** 2 + (positions[at + 2]! - z) ** 2;
      if (distance > squared && Number.isFinite(distance)) squared = distance;
    }
  }
  return Math.sqrt(squared);
}

function middleOf(low: number, high: number): number {
  return low > high ? 0 : (low + high) / 2;
}
