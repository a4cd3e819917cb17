import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import { defineConfig } from "eslint/config";
import globals from "globals";
import ts from "typescript-eslint";
import { layers } from "./eslint.layers.js";

const NO_STYLE_ATTRIBUTES = {
  selector: "SvelteAttribute[key.name='style']",
  message: "The page's policy (style-src 'self') blocks style attributes: use a class or a style: directive.",
};

export default defineConfig(
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  ts.configs.stylistic,
  svelte.configs.recommended,
  // Prettier decides about layout.
  svelte.configs.prettier,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"] },
    },
    rules: {
      eqeqeq: "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      // `let { a, b = $bindable() } = $props()` is one declaration; prefer-const would split it.
      "prefer-const": "off",
      "svelte/prefer-const": ["error", { destructuring: "all" }],
      // State is kept in plain maps beside version signals (README.md, "State"): thousands of entries are no deep state.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  ...layers.map(({ files, restriction }) => ({
    files,
    rules: { "no-restricted-syntax": ["error", NO_STYLE_ATTRIBUTES, restriction] },
  })),
  {
    // To this linter what comes from another .svelte file has no type; svelte-check knows it and checks the same.
    files: ["**/*.svelte"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-redundant-type-constituents": "off",
    },
  },
  // These are not part of the TypeScript project.
  { files: ["*.js", "public/**/*.js"], extends: [ts.configs.disableTypeChecked] },
);
