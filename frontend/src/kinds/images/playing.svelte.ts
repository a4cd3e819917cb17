/** How pictures are played, as long as the page is open. */

/** `speed`: pictures a second. `loops`: the first comes again behind the last. */
export const playing = $state({ speed: 10, loops: true });
