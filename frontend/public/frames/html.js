// Becomes the HTML file that the page around it sends as text, with its scripts (src/kinds/html/HtmlFrame.svelte). It has
// no origin, so they reach neither that page nor the network; and no listener of ours is left beside them. Answered
// only by a server that was started with --allow-html-scripts.
addEventListener("message", ({ source, data }) => {
  if (source !== window.parent) return;
  document.open();
  document.write(data);
  document.close();
});
