/** Paints lines over parallel axes, and points, on a canvas. */

/** Of many lines, one must not hide the others. */
export function opacityOf(count: number): number {
  return Math.min(0.9, Math.max(0.12, 6 / Math.sqrt(Math.max(1, count)) / Math.SQRT2));
}

/** A canvas of this size (CSS pixels), empty and as sharp as the screen. */
export function cleared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const context = canvas.getContext("2d");
  if (!context || width <= 0 || height <= 0) return null;
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  context.scale(devicePixelRatio, devicePixelRatio);
  context.lineJoin = "round";
  context.lineCap = "round";
  return context;
}

/** One line over all axes; on a single axis, a short stroke. */
export function strokeLine(
  context: CanvasRenderingContext2D,
  xs: readonly number[],
  heights: Float64Array,
  line: number,
): void {
  const from = line * xs.length;
  context.beginPath();
  if (xs.length === 1) {
    context.moveTo(xs[0]! - 12, heights[from]!);
    context.lineTo(xs[0]! + 12, heights[from]!);
  } else xs.forEach((x, place) => context.lineTo(x, heights[from + place]!));
  context.stroke();
}

export function fillPoint(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
