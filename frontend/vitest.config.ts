// Apart from vite.config.ts because an install builds without vitest (npm ci --omit=dev).
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// `lib` is pure: its tests need no document, and may share one worker, which saves most of their time.
const PURE = "src/lib/**/*.test.ts";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  test: {
    projects: [
      { extends: true, test: { name: "lib", include: [PURE], environment: "node", isolate: false } },
      {
        extends: true,
        test: {
          name: "page",
          include: ["src/**/*.test.ts"],
          exclude: [PURE],
          environment: "jsdom",
          setupFiles: ["vitest.setup.ts"],
        },
      },
    ],
  },
});
