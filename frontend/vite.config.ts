import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, loadEnv } from "vite";
import { GROUPS } from "./chunks";
import { licensesOfWorkers } from "./workerLicenses";

const LICENSES = "third-party-licenses.md";

export default defineConfig(({ mode }) => {
  // `npm run dev` shows the page with hot reload and passes data requests on to a running `lavdlike` server.
  const backend = loadEnv(mode, ".", "LAVDLIKE_")["LAVDLIKE_BACKEND"] ?? "http://127.0.0.1:4343";
  const { ofWorkers, ofPage } = licensesOfWorkers(LICENSES);
  return {
    // Relative addresses, so that the page also works below a prefix (a reverse proxy, JupyterHub).
    base: "./",
    plugins: [svelte(), ofPage],
    build: {
      outDir: "../lavdlike/server/static",
      emptyOutDir: true,
      // The page's policy is `script-src 'self'; style-src 'self'; font-src 'self'`: nothing may be inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: LICENSES },
      rolldownOptions: {
        output: {
          codeSplitting: { groups: GROUPS },
          // The first load names all parts: their names are most of what it cannot compress.
          chunkFileNames: "assets/[name]-[hash:7].js",
          assetFileNames: "assets/[name]-[hash:6][extname]",
        },
      },
    },
    worker: { format: "es", plugins: () => [ofWorkers] },
    server: { proxy: { "/api": { target: backend, ws: true } } },
  };
});
