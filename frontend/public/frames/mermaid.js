// Draws one diagram of Mermaid. Runs in a frame without an origin, which can reach neither the page nor the network: a
// diagram is whatever stands in a document. All it needs comes by messages from the page (src/frame/diagrams.ts):
//
//   { library: Blob }                 mermaid, once, before anything else
//   { source: string, theme, font }   draw this text
//
// and it says: { ready }, { drawn: { width, height } } in pixels of the page, { failed: reason }.
(() => {
  const diagram = document.querySelector("#diagram");

  async function draw({ source, theme, font }, library) {
    // Of another scheme than the page's it would not be transparent.
    document.documentElement.style.colorScheme = theme;
    const mermaid = await library;
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      suppressErrorRendering: true,
      theme: theme === "dark" ? "dark" : "default",
      fontFamily: font,
    });
    const { svg } = await mermaid.render("drawn", source);
    diagram.innerHTML = svg;
    const { width, height } = diagram.querySelector("svg").viewBox.baseVal;
    return { drawn: { width, height } };
  }

  window.drawForPage("mermaid", { draw });
})();
