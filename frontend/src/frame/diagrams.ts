/**
 * Mermaid's diagrams of a document, each in a frame of its own (public/frames/mermaid.js): it has no origin, so whatever
 * a diagram does to the library that draws it, it reaches nothing of the page. Nothing that the frame says is trusted.
 * Until a diagram is drawn, and if it cannot be, its source is shown.
 */
import libraryAddress from "@mermaid-js/tiny/dist/mermaid.tiny.js?url";
import { addressOf } from "../api/access";

/** In front of what is in sight. */
const NEAR = "600px";
/** Of a diagram, in pixels: more than any real one has. */
const LONGEST_SIDE = 20_000;

let library: Promise<Blob> | null = null;

export class Diagrams {
  readonly #drawn = new Map<Element, Diagram>();
  readonly #observer: IntersectionObserver;
  #theme = "light";

  /** Those in `element`, each drawn when it comes near. */
  constructor(element: HTMLElement) {
    this.#observer = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: NEAR });
    for (const source of element.querySelectorAll<HTMLElement>("pre.mermaid")) this.#observer.observe(source);
  }

  draw(theme: "light" | "dark"): void {
    this.#theme = theme;
    for (const diagram of this.#drawn.values()) diagram.draw(theme);
  }

  close(): void {
    this.#observer.disconnect();
    for (const diagram of this.#drawn.values()) diagram.close();
  }

  #see(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      this.#observer.unobserve(target);
      const diagram = new Diagram(target as HTMLElement);
      this.#drawn.set(target, diagram);
      diagram.draw(this.#theme);
    }
  }
}

class Diagram {
  readonly #source: HTMLElement;
  readonly #frame = document.createElement("iframe");
  #ready = false;
  #theme = "light";

  constructor(source: HTMLElement) {
    this.#source = source;
    this.#frame.title = "Diagram";
    this.#frame.className = "diagram";
    this.#frame.dataset["state"] = "drawing";
    this.#frame.setAttribute("sandbox", "allow-scripts");
    this.#frame.referrerPolicy = "no-referrer";
    addEventListener("message", this.#hear);
    this.#frame.src = addressOf("frames/mermaid.html").href;
    source.after(this.#frame);
  }

  draw(theme: string): void {
    this.#theme = theme;
    if (!this.#ready) return;
    const font = getComputedStyle(this.#source.parentElement ?? document.body).fontFamily;
    this.#tell({ source: this.#source.textContent, theme, font });
  }

  close(): void {
    removeEventListener("message", this.#hear);
    this.#frame.remove();
  }

  readonly #hear = ({ source, data }: MessageEvent<unknown>): void => {
    if (source !== this.#frame.contentWindow || typeof data !== "object" || data === null) return;
    const said = data as Record<string, unknown>;
    if (said["ready"]) void this.#begin();
    else if (said["failed"] !== undefined) this.#fail(shortened(said["failed"]));
    else if (typeof said["drawn"] === "object") this.#show((said["drawn"] ?? {}) as Record<string, unknown>);
  };

  async #begin(): Promise<void> {
    try {
      this.#tell({ library: await loadedLibrary() });
    } catch {
      library = null;
      this.#fail("The drawing library could not be loaded: the server does not answer.");
      return;
    }
    this.#ready = true;
    this.draw(this.#theme);
  }

  #show({ width, height }: Record<string, unknown>): void {
    if (!isSide(width) || !isSide(height)) return;
    this.#frame.style.maxWidth = `${width}px`;
    this.#frame.style.aspectRatio = `${width} / ${height}`;
    this.#frame.dataset["state"] = "drawn";
    this.#source.hidden = true;
  }

  #fail(reason: string): void {
    this.#frame.dataset["state"] = "failed";
    this.#source.hidden = false;
    this.#source.title = `This diagram cannot be drawn: ${reason}`;
  }

  #tell(message: object): void {
    // The frame's origin has no name; its window is known.
    this.#frame.contentWindow?.postMessage(message, "*");
  }
}

function shortened(reason: unknown): string {
  return String(reason).slice(0, 300);
}

function isSide(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < LONGEST_SIDE;
}

/** Fetched once for all frames: one without an origin shares no cache with the next. */
function loadedLibrary(): Promise<Blob> {
  library ??= fetch(libraryAddress).then((response) => {
    if (!response.ok) throw new Error(`${response.status}`);
    return response.blob();
  });
  return library;
}
