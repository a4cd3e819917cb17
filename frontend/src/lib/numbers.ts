/** How messages carry numbers that JSON cannot (api/messages.ts, JsonNumber). */
export function toNumber(value: number | string): number {
  if (typeof value === "number") return value;
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  return Number(value); // "nan" and everything else that is no number: NaN
}

/** A number short enough for a table or an axis, with `digits` significant digits; exact integers stay whole. */
export function formatNumber(value: number | string | null | undefined, digits = 5): string {
  if (value === null || value === undefined) return "";
  const number = toNumber(value);
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e7) return minus(String(number));
  const text = size >= 1e7 || size < 1e-4 ? number.toExponential(digits - 1) : number.toPrecision(digits);
  const [mantissa = "", exponent] = text.split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return minus(exponent === undefined ? short : `${short}e${exponent.replace("+", "")}`);
}

/** The value with every digit it has. */
export function exactNumber(value: number | string): string {
  return typeof value === "string" ? value : Object.is(value, -0) ? "-0" : String(value);
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 || amount >= 99.95 ? amount.toFixed(0) : amount.toPrecision(amount < 10 ? 2 : 3)} ${UNITS[power]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
