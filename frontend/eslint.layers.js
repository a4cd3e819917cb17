// Who may import whom (README.md): each folder of src/ only from those before it in this list.
import { readdirSync } from "node:fs";
import { join } from "node:path";

// Those of one row know nothing of each other.
const LAYERS = [["lib"], ["api"], ["state"], ["components"], ["frame", "charts"], ["kinds"], ["views"]];
// What components show is given to them.
const KEPT_FROM_COMPONENTS = ["api", "state"];

const SOURCES = join(import.meta.dirname, "src");
const KINDS = foldersOf(join(SOURCES, "kinds"));

for (const folder of foldersOf(SOURCES)) {
  if (folder !== "styles" && !LAYERS.flat().includes(folder)) {
    throw new Error(`src/${folder}/ has no place among the layers: give it one in eslint.layers.js.`);
  }
}

const ofFolders = LAYERS.slice(0, -1).flatMap((row, place) =>
  row.map((folder) => {
    const later = LAYERS.slice(place)
      .flat()
      .filter((other) => other !== folder);
    const kept = folder === "components" ? KEPT_FROM_COMPONENTS : [];
    return restrict(
      `src/${folder}/**`,
      [...later, ...kept].map((other) => `${other}\\/`),
      `${folder}/ may not import from there`,
    );
  }),
);

const ofKinds = KINDS.map((kind) => {
  const others = KINDS.filter((other) => other !== kind);
  return restrict(
    `src/kinds/${kind}/**`,
    [`(kinds\\/)?(${others.join("|")})\\/`, "(kinds\\/)?(registry|resultCharts|panels)$", "views\\/"],
    "a kind imports neither another kind nor what comes after the kinds",
  );
});

const ofPages = ["src/views/**", "src/*"].map((files) =>
  restrict(
    files,
    ["kinds\\/(?!(registry|resultCharts|panels)$)"],
    "kinds are reached only through kinds/registry.ts, resultCharts.ts and panels.ts",
  ),
);

/** By files (later ones decide), an option of `no-restricted-syntax`. */
export const layers = [...ofFolders, ...ofKinds, ...ofPages];

/**
 * `beginnings`: patterns of what may not follow the dots of a relative path. Looked for in all strings and not only in
 * imports, because import(), `import("...").Type`, new URL() and vi.mock() name modules, too.
 */
function restrict(files, beginnings, reason) {
  const path = `/^(\\.\\.?\\/)+(${beginnings.join("|")})/`;
  return {
    files: [files],
    restriction: {
      selector: `Literal[value=${path}], TemplateElement[value.raw=${path}]`,
      message: `Who may import whom (README.md): ${reason}.`,
    },
  };
}

function foldersOf(path) {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
