// Before the first paint, so that no other theme flashes up; a file of its own because the page's policy allows no
// inline script. What it reads is written by src/state/settings.svelte.ts.
(() => {
  let chosen = "system";
  try {
    chosen = JSON.parse(localStorage.getItem(`lavdlike:theme:${location.pathname}`)) ?? "system";
  } catch {
    // Nothing can be kept in this browser: the system decides.
  }
  const dark = chosen === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
