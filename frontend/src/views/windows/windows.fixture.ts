import type { WindowInfo } from "../../api/messages";
import type { EnvironmentItems } from "./windows";

/** `items`: `kind label`, each. */
export function environmentItems(
  experiment: string,
  items: readonly string[],
  said: readonly WindowInfo[],
): EnvironmentItems {
  const labels = items.map((item) => {
    const [kind = "", ...label] = item.split(" ");
    return { kind, label: label.join(" ") };
  });
  return { experiment, labels, said };
}
