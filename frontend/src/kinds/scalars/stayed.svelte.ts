/** Charts cost some milliseconds each: while somebody scrolls past, only their frames are made. */
const STAYED_MS = 100;

/** Call it while a component is made. Its value turns true when the component has been there for a moment. */
export function stayed(): { readonly value: boolean } {
  let value = $state(false);
  $effect(() => {
    const timer = setTimeout(() => (value = true), STAYED_MS);
    return () => clearTimeout(timer);
  });
  return {
    get value() {
      return value;
    },
  };
}
