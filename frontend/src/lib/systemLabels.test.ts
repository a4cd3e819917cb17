import { expect, test } from "vitest";
import { isSystem, systemRows } from "./systemLabels";

test("labels of the system are those in its folder", () => {
  expect(["system/cpu/run_cores", "system", "systems/a", "train/system/a"].map(isSystem)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("a run is told with the GPUs that it uses, where the driver says which", () => {
  const labels = ["cpu/run_cores", "cpu/host_percent", "memory/run_gib", "disk/read_mib_per_s"].map(
    (name) => `system/${name}`,
  );
  const gpus = ["gpu0/busy_percent", "gpu0/memory_gib", "gpu10/busy_percent", "gpu10/memory_gib"].map(
    (name) => `system/${name}`,
  );
  const titles = (all: string[]) => systemRows(new Set(all)).map(({ title }) => title);
  expect(titles(labels)).toEqual(["CPU", "Memory", "Host CPU"]);
  expect(titles([...labels, ...gpus])).toEqual([
    "CPU",
    "Memory",
    "GPU 0",
    "GPU 0 memory",
    "GPU 10",
    "GPU 10 memory",
    "Host CPU",
  ]);
  expect(systemRows(new Set([...gpus, "system/gpu10/run_memory_gib"])).map(({ label }) => label)).toEqual([
    "system/gpu10/busy_percent",
    "system/gpu10/run_memory_gib",
  ]);
  expect(systemRows(new Set(["loss"]))).toEqual([]);
});
