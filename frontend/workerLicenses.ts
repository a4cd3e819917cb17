import type { Plugin } from "vite";

/** Vite gathers the licenses of what the page imports. This adds those of packages that only workers import. */
export function licensesOfWorkers(fileName: string): { ofWorkers: Plugin; ofPage: Plugin } {
  const folders = new Set<string>();
  const ofWorkers: Plugin = {
    name: "note-packages-of-workers",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        for (const id of file.type === "chunk" ? file.moduleIds : []) {
          const [folder] = /^(?:\w:)?\/.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id) ?? [];
          if (folder) folders.add(folder);
        }
      }
    },
  };
  const ofPage: Plugin = {
    name: "add-licenses-of-workers",
    enforce: "post",
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const file = bundle[fileName];
        if (file?.type !== "asset" || typeof file.source !== "string")
          throw new Error(`${fileName} was not made.`);
        let all = file.source;
        const read = (path: string) => this.fs.readFile(path, { encoding: "utf8" });
        for (const folder of [...folders].sort()) {
          const about = JSON.parse(await read(`${folder}/package.json`)) as Record<string, string>;
          const title = `## ${about["name"]} - ${about["version"]}`;
          if (all.includes(title)) continue;
          const license = (await this.fs.readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
          all += `\n${title} (${about["license"]})\n`;
          if (license) all += `\n${(await read(`${folder}/${license}`)).trim()}\n`;
        }
        file.source = all;
      },
    },
  };
  return { ofWorkers, ofPage };
}
