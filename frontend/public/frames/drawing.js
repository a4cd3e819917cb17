// What frames share that draw what the page tells them (mermaid.js, plots.js): they hear it, load their library once and
// draw one thing at a time. A classic script, loaded before theirs: frames without an origin may load no modules.
//
// drawForPage(global, { draw, hear }) -> { tell, library }
//   global   the name under which the library makes itself known; its code comes as { library: Blob }
//   draw     (message, library) => what to tell when the message is drawn; `library` is a promise
//   hear     (message) => whether that was no message to draw; optional
//   tell     (message) => void, to the page
//   library  () => that promise
window.drawForPage = (global, { draw, hear = () => false }) => {
  const page = window.parent;
  let library = null;
  let latest = null;
  let drawing = false;

  // The page, too, has no origin that this frame could name; who may embed it is decided by its policy.
  const tell = (message) => page.postMessage(message, "*");

  addEventListener("message", ({ source, data }) => {
    if (source !== page) return;
    if (data.library) library ??= load(data.library);
    else if (!hear(data)) {
      latest = data;
      void drawLatest();
    }
  });
  tell({ ready: true });

  function load(blob) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = URL.createObjectURL(blob);
      script.onload = () => resolve(window[global]);
      script.onerror = () => reject(new Error("the drawing library could not be loaded"));
      document.head.append(script);
    });
  }

  // One at a time: of what comes meanwhile only the last one is drawn.
  async function drawLatest() {
    if (drawing) return;
    drawing = true;
    while (latest) {
      const message = latest;
      latest = null;
      try {
        tell(await draw(message, library));
      } catch (error) {
        tell({ failed: String(error?.message ?? error) });
      }
    }
    drawing = false;
  }

  return { tell, library: () => library };
};
