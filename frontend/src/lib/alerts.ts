/** What scripts point out (docs/format.md, "Alerts"), of all experiments together. */
export interface Alert {
  /** Unix seconds. */
  time: number;
  level: "info" | "warn" | "error";
  title: string;
  text: string;
}

export interface ShownAlert extends Alert {
  /** Of this one, among all of the root. */
  key: string;
  experiment: string;
  seen: boolean;
}

/** Of each experiment, the time of its newest alert that was seen: what comes late, with an earlier time, is not lost. */
export type SeenAlerts = Readonly<Record<string, number>>;

/** An experiment with its alerts, the oldest first. */
interface Telling {
  id: string;
  alerts: readonly Alert[];
}

/** The newest first; of one time in the order of their experiments. */
export function alertsOf(experiments: readonly Telling[], seen: SeenAlerts): ShownAlert[] {
  return experiments
    .flatMap(({ id, alerts }) =>
      alerts.map((alert, place) => ({
        ...alert,
        key: `${id} ${alert.time} ${place}`,
        experiment: id,
        seen: alert.time <= (seen[id] ?? -Infinity),
      })),
    )
    .sort((a, b) => b.time - a.time);
}

/** What was seen when all of these have been; experiments that are gone are forgotten. */
export function seenOf(experiments: readonly Telling[]): SeenAlerts {
  return Object.fromEntries(
    experiments.flatMap(({ id, alerts }) => (alerts.length ? [[id, alerts.at(-1)!.time]] : [])),
  );
}
