// Apart from vite.config.ts because an install builds without vitest (npm ci --omit=dev).
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// A worker and a document for each file cost ten times as much as its tests. Only what has runes keeps something
// between the tests; a test of something else that needs a document says so (`@vitest-environment jsdom`).
const WITH_RUNES = "src/**/*.svelte.test.ts";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: ["src/**/*.test.ts"],
          exclude: [WITH_RUNES],
          environment: "node",
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "runes",
          include: [WITH_RUNES],
          environment: "jsdom",
          setupFiles: ["vitest.setup.ts"],
        },
      },
    ],
  },
});
