/** Which modules are one file of the build: cut into many they are larger, and each takes a request. */
interface Modules {
  getModuleInfo: (id: string) => {
    isEntry: boolean;
    importers: readonly string[];
    dynamicImporters: readonly string[];
  } | null;
}

interface Chunk {
  name: string;
  /** Whether a module belongs into it; what that imports comes as well, as far as no chunk before this one has it. */
  has: (id: string, needing: Needing) => boolean;
}

/** A module, what imports it, what imports that, ...; `import()` does not count. */
type Needing = readonly { id: string; isEntry: boolean; isLoaded: boolean }[];

/** The page that is opened with the most to load. Others share most of its parts. */
const USUAL_PAGE = /\/kinds\/scalars\/Page\.svelte$/;
/** The same charts elsewhere. */
const ITS_CHARTS = /\/kinds\/scalars\/(Results|BoardChart)\.svelte$/;
const PARTS = /\/src\/(lib|api|state|components|frame)\//;
/** What the frame asks for as soon as it stands, and what opens from its buttons. */
const SOON =
  /\/views\/(TopMarks|SidebarTools|SidebarFoot|filter\/FilterTools)\.svelte$|\/components\/(keptFocus|laterIcons)\.ts$/;
const MENUS =
  /\/views\/(?!board\/)(\w+\/)?(\w+Menu|\w+Actions|AlertList|AlertsMark|ConnectionDetails|FacetPanel|FilterHelp|KeyHelp|MorePages|SavedFiltersList|StepMark)\.svelte$/;
/** The page of a kind and what of it stands elsewhere, too, as in boards. Of scalars, most is seldom needed. */
const KIND = /\/src\/kinds\/(?!scalars\/)(\w+)\/[^/]+$/;
/** Pages about the whole folder, which share most of what they are. */
const FOLDER_PAGES = /\/views\/edits\/(Done|TrashPage|Disk)\.svelte$/;
/** What stands in lists and tables where experiments lie in folders. */
const FOLDERS = /\/src\/views\/(folders)\//;
/** From so many pages that load a part, it is in the file that all of them share. */
const MANY = 3;

const isFor = (page: RegExp, needing: Needing) => needing.some(({ id }) => page.test(id));

const CHUNKS: readonly Chunk[] = [
  { name: "page", has: (_id, needing) => needing.some(({ isEntry }) => isEntry) },
  { name: "parts", has: (id, needing) => PARTS.test(id) && isFor(USUAL_PAGE, needing) },
  {
    name: "charts",
    has: (id, needing) =>
      id.endsWith("/api/series.ts") || (isFor(USUAL_PAGE, needing) && isFor(ITS_CHARTS, needing)),
  },
  { name: "soon", has: (id) => SOON.test(id) },
  { name: "menus", has: (id) => MENUS.test(id) },
  {
    name: "shared",
    has: (id, needing) => PARTS.test(id) && needing.filter(({ isLoaded }) => isLoaded).length >= MANY,
  },
  { name: "folder-pages", has: (id) => FOLDER_PAGES.test(id) },
];

/** As the build asks for them. */
export const GROUPS = [
  ...CHUNKS.map(({ name, has }, index) => ({
    name: (id: string, modules: Modules) => (has(id, needingOf(id, modules)) ? name : null),
    debugName: name,
    priority: CHUNKS.length - index,
  })),
  { name: (id: string) => (KIND.exec(id) ?? FOLDERS.exec(id))?.[1] ?? null, debugName: "rooms", priority: 0 },
];

function needingOf(id: string, modules: Modules): Needing {
  const seen = new Set([id]);
  for (const each of seen)
    for (const importer of modules.getModuleInfo(each)?.importers ?? []) seen.add(importer);
  return [...seen].map((each) => {
    const module = modules.getModuleInfo(each);
    return {
      id: each,
      isEntry: module?.isEntry ?? false,
      isLoaded: (module?.dynamicImporters.length ?? 0) > 0,
    };
  });
}
