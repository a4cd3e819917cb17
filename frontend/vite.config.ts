import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  // `npm run dev` shows the page with hot reload and passes data requests on to a running `lavdlike` server.
  const backend = loadEnv(mode, ".", "LAVDLIKE_")["LAVDLIKE_BACKEND"] ?? "http://127.0.0.1:4343";
  return {
    // Relative addresses, so that the page also works below a prefix (a reverse proxy, JupyterHub).
    base: "./",
    plugins: [svelte()],
    build: {
      outDir: "../lavdlike/server/static",
      emptyOutDir: true,
      // The page's policy is `script-src 'self'; style-src 'self'; font-src 'self'`: nothing may be inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: "third-party-licenses.md" },
    },
    worker: { format: "es" },
    server: { proxy: { "/api": { target: backend, ws: true } } },
  };
});
