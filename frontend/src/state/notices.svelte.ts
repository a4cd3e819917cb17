/** Short messages that pass: "Copied". */
const SHOWN_MS = 4000;
/** With something to press, it stays longer. */
const SHOWN_WITH_ACTION_MS = 10_000;

/** What can be done about it. */
export interface NoticeAction {
  label: string;
  run: () => void;
}

export interface PassingNotice {
  id: number;
  text: string;
  action: NoticeAction | null;
}

let notices = $state.raw<readonly PassingNotice[]>([]);
let next = 0;

/** Of those with something to press only the newest stays. */
export function notify(text: string, action: NoticeAction | null = null): void {
  const notice = { id: next++, text, action };
  notices = [...notices.filter((other) => action === null || other.action === null), notice];
  setTimeout(() => dismiss(notice), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
}

/** A part of the page could not be had. */
export function notifyUnopened(close: () => void): void {
  close();
  notify("This cannot be opened now: the server does not answer.");
}

export function dismiss(notice: PassingNotice): void {
  notices = notices.filter((other) => other !== notice);
}

/** What is there to be pressed holds no longer. */
export function dismissAction(): void {
  notices = notices.filter(({ action }) => action === null);
}

export function passingNotices(): readonly PassingNotice[] {
  return notices;
}

/** Copy and say so; also where the clipboard is closed to pages without TLS. */
export async function copyText(text: string, what = "Copied"): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(what);
  } catch {
    notify(copyThroughSelection(text) ? what : "This browser does not let pages copy");
  }
}

/** `http://` pages of other hosts than localhost have no navigator.clipboard. */
function copyThroughSelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
