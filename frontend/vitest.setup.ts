// What jsdom lacks of what the page's modules use when they are loaded.
window.matchMedia = (query) =>
  ({ matches: false, media: query, addEventListener: () => undefined }) as unknown as MediaQueryList;
