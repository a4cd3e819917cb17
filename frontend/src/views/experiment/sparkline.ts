/** The course of a label in a few pixels, as the path of an SVG. */

/** Through the finite values, from left to right by x; gaps where values are not finite. "" without two values. */
export function sparkline(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  size: { width: number; height: number },
): string {
  const at = Array.from(x, (each, index) => [each, y[index]!] as const);
  const finite = at.filter(([, value]) => Number.isFinite(value));
  if (finite.length < 2) return "";
  const [left, right] = rangeOf(finite.map(([each]) => each));
  const [low, high] = rangeOf(finite.map(([, value]) => value));
  const toX = (value: number) => 1 + ((value - left) / (right - left || 1)) * (size.width - 2);
  // A constant lies in the middle.
  const toY = (value: number) =>
    high === low ? size.height / 2 : size.height - 1 - ((value - low) / (high - low)) * (size.height - 2);
  let isOpen = false;
  const parts = at.map(([each, value]) => {
    if (!Number.isFinite(value)) return ((isOpen = false), "");
    const command = isOpen ? "L" : "M";
    isOpen = true;
    return `${command}${toX(each).toFixed(1)} ${toY(value).toFixed(1)}`;
  });
  return parts.join("");
}

function rangeOf(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}
