// Apart from vite.config.ts because an install builds without vitest (npm ci --omit=dev).
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// A worker and a document for each file cost ten times as much as its tests. `lib` is pure and needs neither; only the
// modules of `state` keep something between the tests.
const LIB = "src/lib/**/*.test.ts";
const STATE = "src/state/**/*.test.ts";

const withDocument = { environment: "jsdom", setupFiles: ["vitest.setup.ts"] };

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  test: {
    projects: [
      { extends: true, test: { name: "lib", include: [LIB], environment: "node", isolate: false } },
      { extends: true, test: { name: "state", include: [STATE], ...withDocument } },
      {
        extends: true,
        test: {
          name: "page",
          include: ["src/**/*.test.ts"],
          exclude: [LIB, STATE],
          isolate: false,
          ...withDocument,
        },
      },
    ],
  },
});
