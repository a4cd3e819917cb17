/**
 * A page of the server in a frame without an origin: whatever its scripts do, they reach neither this page nor the
 * network. Both speak by messages alone, and nothing that the frame says is trusted: texts are shown as texts.
 */
import { addressOf } from "../api/access";

/** As the theme has them. */
export interface FrameColours {
  page: string;
  text: string;
  faint: string;
  line: string;
  strongLine: string;
  accent: string;
  font: string;
}

const LONGEST_REASON = 300;

export class SandboxedFrame {
  readonly #frame: HTMLIFrameElement;
  readonly #heard: (said: Readonly<Record<string, unknown>>) => void;

  /** `frame`: without an address yet. `path`: of the page in it, on the server. */
  constructor(
    frame: HTMLIFrameElement,
    path: string,
    heard: (said: Readonly<Record<string, unknown>>) => void,
  ) {
    this.#frame = frame;
    this.#heard = heard;
    addEventListener("message", this.#hear);
    frame.src = addressOf(path).href;
  }

  tell(message: object): void {
    // The frame's origin has no name; its window is known.
    this.#frame.contentWindow?.postMessage(message, "*");
  }

  close(): void {
    removeEventListener("message", this.#hear);
  }

  readonly #hear = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== this.#frame.contentWindow || typeof data !== "object" || data === null) return;
    this.#heard(data as Record<string, unknown>);
  };
}

/** What a frame gives as a reason, for people. */
export function shortened(reason: unknown): string {
  return String(reason).slice(0, LONGEST_REASON);
}

/** The colours of the page now; the theme stands at the page's root before anybody is told of it. */
export function frameColours(): FrameColours {
  const style = getComputedStyle(document.documentElement);
  const named = (token: string) => style.getPropertyValue(`--${token}`).trim();
  return {
    page: named("page"),
    text: named("text"),
    faint: named("text-faint"),
    line: named("line"),
    strongLine: named("line-strong"),
    accent: named("accent"),
    font: named("font"),
  };
}
