/**
 * A figure in a frame of its own (public/frames/plots.js): it has no origin, so whatever a figure does to the library
 * that draws it, it reaches nothing of the page. Nothing that the frame says is trusted: texts are shown as texts, and
 * what it gives as a picture is taken only as one.
 */
import libraryAddress from "plotly.js-dist-min/plotly.min.js?url";
import { addressOf } from "../../api/access";

export type PictureFormat = "svg" | "png";

/** As the theme has them. */
export interface Colours {
  page: string;
  text: string;
  faint: string;
  line: string;
  strongLine: string;
  font: string;
}

/** What somebody has zoomed and turned, in the frame's own words. */
export type PlotView = Readonly<Record<string, unknown>>;

export interface Drawing {
  /** JSON, as it stands in the file. */
  figure: string;
  colours: Colours;
  /** The figure's own colours instead. */
  own: boolean;
  view: PlotView;
}

interface Listener {
  drawn: () => void;
  failed: (reason: string) => void;
  viewed: (view: PlotView) => void;
}

const STARTS: Record<PictureFormat, string> = { svg: "data:image/svg+xml,", png: "data:image/png;base64," };
const SAVE_LIMIT_MS = 30_000;

let library: Promise<Blob> | null = null;

export class PlotFrame {
  readonly #frame: HTMLIFrameElement;
  readonly #listener: Listener;
  readonly #saving = new Map<number, (answer: { saved?: unknown; failed?: unknown }) => void>();
  #ready = false;
  #waiting: Drawing | null = null;

  /** `frame`: without an address yet. */
  constructor(frame: HTMLIFrameElement, listener: Listener) {
    this.#frame = frame;
    this.#listener = listener;
    addEventListener("message", this.#hear);
    frame.src = addressOf("frames/plots.html").href;
  }

  draw(drawing: Drawing): void {
    if (this.#ready) this.#tell({ ...drawing });
    else this.#waiting = drawing;
  }

  /** The figure as it is shown now. */
  async picture(format: PictureFormat): Promise<Blob> {
    const request = Math.random();
    const { clientWidth: width, clientHeight: height } = this.#frame;
    try {
      const answer = await new Promise<{ saved?: unknown; failed?: unknown }>((resolve) => {
        this.#saving.set(request, resolve);
        setTimeout(() => resolve({ failed: "it takes too long" }), SAVE_LIMIT_MS);
        this.#tell({ save: format, width, height, request });
      });
      const { saved } = answer;
      if (typeof saved !== "string" || !saved.startsWith(STARTS[format])) {
        throw new Error(`There is no picture of this plot: ${shortened(answer.failed)}`);
      }
      return blobOf(saved, format);
    } finally {
      this.#saving.delete(request);
    }
  }

  close(): void {
    removeEventListener("message", this.#hear);
  }

  readonly #hear = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== this.#frame.contentWindow || typeof data !== "object" || data === null) return;
    const said = data as Record<string, unknown>;
    if (said["request"] !== undefined) this.#saving.get(said["request"] as number)?.(said);
    else if (said["ready"]) void this.#begin();
    else if (said["drawn"]) this.#listener.drawn();
    else if (said["failed"] !== undefined) this.#listener.failed(shortened(said["failed"]));
    else if (typeof said["view"] === "object") this.#listener.viewed((said["view"] ?? {}) as PlotView);
  };

  async #begin(): Promise<void> {
    try {
      this.#tell({ library: await loadedLibrary() });
    } catch {
      library = null;
      this.#listener.failed("The drawing library could not be loaded: the server does not answer.");
      return;
    }
    this.#ready = true;
    if (this.#waiting) this.#tell({ ...this.#waiting });
    this.#waiting = null;
  }

  #tell(message: object): void {
    // The frame's origin has no name; its window is known.
    this.#frame.contentWindow?.postMessage(message, "*");
  }
}

/** Fetched once for all frames: one without an origin shares no cache with the next. */
function loadedLibrary(): Promise<Blob> {
  library ??= fetch(libraryAddress).then((response) => {
    if (!response.ok) throw new Error(`${response.status}`);
    return response.blob();
  });
  return library;
}

function blobOf(address: string, format: PictureFormat): Blob {
  const content = address.slice(STARTS[format].length);
  if (format === "svg") return new Blob([decodeURIComponent(content)], { type: "image/svg+xml" });
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}

function shortened(reason: unknown): string {
  return String(reason).slice(0, 300);
}
