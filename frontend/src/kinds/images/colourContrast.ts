/** Whether dark or light writing is read better on a colour (`#rrggbb`). */
export function inkOn(colour: string): "#000000" | "#ffffff" {
  const channel = (start: number) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  // Where contrast to black and to white is the same (WCAG 2): sqrt(1.05 * 0.05) - 0.05.
  return luminance > 0.179 ? "#000000" : "#ffffff";
}
