// Becomes the HTML that a package on the server made of an item (src/kinds/html/ShownHtml.svelte). What is put there so
// runs no scripts, and the server's headers forbid them as well.
addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  document.documentElement.innerHTML = data.html;
  parent.postMessage({ drawn: true }, "*");
});
parent.postMessage({ ready: true }, "*");
