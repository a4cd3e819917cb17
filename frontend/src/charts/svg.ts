/** The text of SVG elements, well-formed whatever they hold. */

/** Of text of 12 pixels: an estimate, since without a browser no text can be measured. */
export const CHARACTER_WIDTH = 6.6;

export type Attributes = Record<string, string | number>;

export function textSvg(x: number, y: number, content: string, style: Attributes): string {
  return `<text ${attributes({ x, y, ...style })}>${escape(content)}</text>`;
}

export function attributes(values: Attributes): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escape(String(value))}"`)
    .join(" ");
}

/** Also takes out what XML cannot hold at all: control characters and lone surrogates. */
export function escape(content: string): string {
  return (
    content
      .replace(/\p{Surrogate}/gu, "\ufffd")
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

/** To a hundredth of a pixel. */
export function round(position: number): number {
  return Math.round(position * 100) / 100;
}

export function shortened(words: string, longest: number): string {
  return words.length > longest ? `${words.slice(0, longest - 1)}…` : words;
}
