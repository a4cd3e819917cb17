/**
 * A figure in a frame of its own (public/frames/plots.js): it has no origin, so whatever a figure does to the library
 * that draws it, it reaches nothing of the page. What it gives as a picture is taken only as one.
 */
import libraryAddress from "plotly.js-dist-min/plotly.min.js?url";
import { SandboxedFrame, shortened, type FrameColours } from "../../frame/sandboxedFrame";
import type { Figure } from "./figure";

export type PictureFormat = "svg" | "png";

/** What somebody has zoomed and turned, in the frame's own words. */
export type PlotView = Readonly<Record<string, unknown>>;

export interface Drawing {
  figure: Figure;
  colours: FrameColours;
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
  readonly #element: HTMLIFrameElement;
  readonly #frame: SandboxedFrame;
  readonly #listener: Listener;
  readonly #saving = new Map<number, (answer: { saved?: unknown; failed?: unknown }) => void>();
  #ready = false;
  #waiting: Drawing | null = null;

  /** `frame`: without an address yet. */
  constructor(frame: HTMLIFrameElement, listener: Listener) {
    this.#element = frame;
    this.#listener = listener;
    this.#frame = new SandboxedFrame(frame, "frames/plots.html", this.#hear);
  }

  draw(drawing: Drawing): void {
    if (this.#ready) this.#frame.tell({ ...drawing });
    else this.#waiting = drawing;
  }

  /** The figure as it is shown now. */
  async picture(format: PictureFormat): Promise<Blob> {
    const request = Math.random();
    const { clientWidth: width, clientHeight: height } = this.#element;
    try {
      const answer = await new Promise<{ saved?: unknown; failed?: unknown }>((resolve) => {
        this.#saving.set(request, resolve);
        setTimeout(() => resolve({ failed: "it takes too long" }), SAVE_LIMIT_MS);
        this.#frame.tell({ save: format, width, height, request });
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
    this.#frame.close();
  }

  readonly #hear = (said: Readonly<Record<string, unknown>>): void => {
    if (said["request"] !== undefined) this.#saving.get(said["request"] as number)?.(said);
    else if (said["ready"]) void this.#begin();
    else if (said["drawn"]) this.#listener.drawn();
    else if (said["failed"] !== undefined) this.#listener.failed(shortened(said["failed"]));
    else if (typeof said["view"] === "object") this.#listener.viewed((said["view"] ?? {}) as PlotView);
  };

  async #begin(): Promise<void> {
    try {
      this.#frame.tell({ library: await loadedLibrary() });
    } catch {
      library = null;
      this.#listener.failed("The drawing library could not be loaded: the server does not answer.");
      return;
    }
    this.#ready = true;
    if (this.#waiting) this.#frame.tell({ ...this.#waiting });
    this.#waiting = null;
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
