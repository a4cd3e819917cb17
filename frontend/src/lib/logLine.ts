/** One line of a log: a record with time and tag, or plain text (lavdlike/kinds/logs.py has the same rules). */

export interface LogRecord {
  /** Unix seconds; null if the line says none. */
  time: number | null;
  tag: string;
  message: string;
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d(?::?\d\d)?)?$/;
/** How a record ends that was cut short: its time and tag may be, too. */
const CUT = "\t!cut";
const ESCAPED = /\\([tnr\\])/g;
const UNESCAPED: Record<string, string> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };

/** The fields of a line, given without its newline. Without a time at its beginning all of it is the message. */
export function parseLine(line: string): LogRecord {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (text.endsWith(CUT))
    return { time: null, tag: "", message: `${text.slice(0, -CUT.length)} … (cut short)` };
  const first = text.indexOf("\t");
  const parsed = first > 0 ? parseTime(text.slice(0, first)) : null;
  if (!parsed) return { time: null, tag: "", message: text };
  const second = text.indexOf("\t", first + 1);
  const tag = second < 0 ? "" : text.slice(first + 1, second);
  const message = text.slice((second < 0 ? first : second) + 1);
  // Only records of ours have the zone, and only in them tabs and newlines are escaped.
  const clean = parsed.zoned ? unescape : (field: string) => field;
  return { time: parsed.time, tag: clean(tag), message: clean(message) };
}

/** Without a zone it is local time, as the logger's machine and the browser are mostly the same or close. */
function parseTime(text: string): { time: number; zoned: boolean } | null {
  const found = TIME.exec(text);
  if (!found) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const fraction = Number(`0.${found[7] ?? 0}`);
  const zone = found[8];
  if (zone === undefined) {
    return {
      time: new Date(year, month - 1, day, hour, minute, second).getTime() / 1000 + fraction,
      zoned: false,
    };
  }
  const time = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 + fraction - zoneOffset(zone);
  return { time, zoned: true };
}

function zoneOffset(zone: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = zone.match(/\d\d/g)?.map(Number) ?? [];
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

function unescape(field: string): string {
  return field.includes("\\")
    ? field.replace(ESCAPED, (_, letter: string) => UNESCAPED[letter] ?? "")
    : field;
}

const pad = (value: number, digits: number) => String(value).padStart(digits, "0");

/** Local date and time to the millisecond. */
export function formatStamp(time: number): string {
  // From whole milliseconds: 0.9999 s is the next second, not 1000 ms.
  const date = new Date(Math.round(time * 1000));
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((value) => pad(value, 2))
    .join(":");
  return `${day} ${clock}.${pad(date.getMilliseconds(), 3)}`;
}

/** Time since the first line, without units that are zero: `+4.250`, `+1:02:03.004`, `−0.010`, `+2d 00:00:01.000`. */
export function formatOffset(seconds: number): string {
  const total = Math.round(Math.abs(seconds) * 1000);
  const [milliseconds, whole] = [total % 1000, Math.floor(total / 1000)];
  const [days, hours, minutes, rest] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const sign = seconds < 0 && total > 0 ? "−" : "+";
  const end = `.${pad(milliseconds, 3)}`;
  if (days) return `${sign}${days}d ${pad(hours, 2)}:${pad(minutes, 2)}:${pad(rest, 2)}${end}`;
  if (hours) return `${sign}${hours}:${pad(minutes, 2)}:${pad(rest, 2)}${end}`;
  return minutes ? `${sign}${minutes}:${pad(rest, 2)}${end}` : `${sign}${rest}${end}`;
}
