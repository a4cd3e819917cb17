/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
  // One way to write components: `$state`, `$derived` and `$props` everywhere, also where a file uses none of them.
  compilerOptions: { runes: true },
};
