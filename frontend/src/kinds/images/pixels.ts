/** The colour of a pixel of a picture that the page shows. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

export interface PixelValue {
  /** "A" or "B"; "" when there is only one picture. */
  name: string;
  /** null: it is beside this picture, or the full one is still to come. */
  colour: Colour | null;
}

let canvas: CanvasRenderingContext2D | null = null;

/** `x`, `y`: of the upright picture; null outside of it. 8 bits a channel, as browsers decode pictures. */
export function pixelAt(image: HTMLImageElement, x: number, y: number): Colour | null {
  if (!image.complete || x < 0 || y < 0 || x >= image.naturalWidth || y >= image.naturalHeight) return null;
  canvas ??= newCanvas();
  if (!canvas) return null;
  canvas.clearRect(0, 0, 1, 1);
  canvas.drawImage(image, Math.floor(x), Math.floor(y), 1, 1, 0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha];
}

function newCanvas(): CanvasRenderingContext2D | null {
  const element = document.createElement("canvas");
  element.width = element.height = 1;
  return element.getContext("2d", { willReadFrequently: true });
}
