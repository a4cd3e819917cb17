/** Which modules are one file of the build: cut into many they are larger, and each takes a request. */
interface Modules {
  getModuleInfo: (id: string) => { isEntry: boolean; importers: readonly string[] } | null;
}

/** The page that is opened with the most to load. Others share most of its parts. */
const USUAL_PAGE = /\/kinds\/scalars\/Page\.svelte$/;
/** What draws charts; all else that pages are made of stands before it in the order of imports (docs/architecture.md). */
const CHARTS = /\/src\/charts\/|\/uplot\//;
const PARTS = /\/src\/(lib|api|state|components|frame)\//;

/**
 * All that the first load needs, what the usual page is made of, its charts. Each takes what its modules import as well,
 * as far as those before it do not have it.
 */
export const CHUNKS = ["page", "parts", "charts"] as const;

/** Says whether a module belongs into this file; null: the imports decide. */
export function chunkOf(chunk: (typeof CHUNKS)[number]) {
  return (id: string, modules: Modules): string | null => {
    const importers = importersOf(id, modules);
    const isNeeded =
      chunk === "page"
        ? importers.some((each) => modules.getModuleInfo(each)?.isEntry)
        : (chunk === "parts" ? PARTS : CHARTS).test(id) && importers.some((each) => USUAL_PAGE.test(each));
    return isNeeded ? chunk : null;
  };
}

/** A module, what imports it, what imports that, ...; `import()` does not count. */
function importersOf(id: string, modules: Modules): readonly string[] {
  const seen = new Set([id]);
  for (const each of seen)
    for (const importer of modules.getModuleInfo(each)?.importers ?? []) seen.add(importer);
  return [...seen];
}
