/** Short messages that pass: "Copied". */
const SHOWN_MS = 4000;

export interface PassingNotice {
  id: number;
  text: string;
}

let notices = $state.raw<readonly PassingNotice[]>([]);
let next = 0;

export function notify(text: string): void {
  const notice = { id: next++, text };
  notices = [...notices, notice];
  setTimeout(() => (notices = notices.filter((other) => other !== notice)), SHOWN_MS);
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
