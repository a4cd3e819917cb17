/** Labels of how busy the host is, which no script logs (docs/format.md, "System metrics"). */
export const SYSTEM = "system";

export function isSystem(label: string): boolean {
  return label.startsWith(`${SYSTEM}/`);
}

export interface SystemRow {
  title: string;
  label: string;
  unit: string;
}

const OF_RUN = [
  { title: "CPU", label: "system/cpu/run_cores", unit: "cores" },
  { title: "Memory", label: "system/memory/run_gib", unit: "GiB" },
];
const OF_HOST = [
  { title: "Host CPU", label: "system/cpu/host_percent", unit: "%" },
  { title: "Host memory", label: "system/memory/host_percent", unit: "%" },
];
const GPU = /^system\/gpu(\d+)\/busy_percent$/;

/**
 * What is said of a run at a glance, of the labels that it has: its CPU and memory, then the GPUs on which it holds memory
 * (all, where no driver tells whose it is), then the host.
 */
export function systemRows(labels: ReadonlySet<string>): SystemRow[] {
  const gpus = [...labels]
    .flatMap((label) => GPU.exec(label)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b));
  const own = gpus.filter((gpu) => labels.has(`system/gpu${gpu}/run_memory_gib`));
  const ofGpus = (own.length > 0 ? own : gpus).flatMap((gpu) => [
    { title: `GPU ${gpu}`, label: `system/gpu${gpu}/busy_percent`, unit: "%" },
    {
      title: `GPU ${gpu} memory`,
      label: own.length > 0 ? `system/gpu${gpu}/run_memory_gib` : `system/gpu${gpu}/memory_gib`,
      unit: "GiB",
    },
  ]);
  return [...OF_RUN, ...ofGpus, ...OF_HOST].filter(({ label }) => labels.has(label));
}
