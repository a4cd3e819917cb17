/** A column of the overview. */
import type { ExperimentSummary } from "../../api/messages";
import type { TableColumn } from "../../components/columns";
import type { Goal } from "../../lib/labelDefinitions";
import { exactCell, formatCell, type Cell } from "../../lib/cells";

export interface Column extends TableColumn {
  group: "Experiment" | "Config" | "Scalars";
  /** For sorting, filtering and to see whether all are equal. */
  value: (experiment: ExperimentSummary, now: number) => Cell;
  show: (value: Cell, now: number) => string;
  /** In full, as a tooltip. */
  exact: (value: Cell) => string;
  /** Which of its values are better; absent: neither. */
  goal?: Goal;
  /** How the server is asked for it; absent: its values are in the rows. */
  field?: string;
  /** A measure: a bar shows where in the column each value lies. */
  measured?: boolean;
}

export function column(key: string, title: string, group: Column["group"], value: Column["value"]): Column {
  return { key, title, group, width: 120, value, show: formatCell, exact: exactCell };
}
