interface Modules {
  getModuleInfo: (id: string) => { isEntry: boolean; importers: readonly string[] } | null;
}

/** All that the first load needs is one file, `page`: cut into many it is larger, and takes more requests. */
export function pageIfFirst(id: string, modules: Modules): string | null {
  const seen = new Set([id]);
  // What is imported by something that is imported by ... the entry; `import()` does not count.
  for (const each of seen) {
    const info = modules.getModuleInfo(each);
    if (info?.isEntry) return "page";
    for (const importer of info?.importers ?? []) seen.add(importer);
  }
  return null;
}
