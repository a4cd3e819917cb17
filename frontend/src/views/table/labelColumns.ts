/** Columns of what a label's values are like. */
import { withUnit, type LabelMeaning } from "../../lib/labelDefinitions";
import { goalOf } from "../../lib/resultLabels";
import { aboutOf, fieldOf, goalOfAspect, keyOf, titleOf, type LabelAspect } from "./aspects";
import { exactCell, type Cell } from "../../lib/cells";
import { column, type Column } from "./tableColumn";

const GOALS = { "": "", min: "Smaller is better", max: "Larger is better" };

/** @param cellOf what the server said of a field and an experiment; null: nothing, or not yet */
export function labelColumn(
  said: LabelAspect,
  meaning: LabelMeaning,
  cellOf: (field: string, experiment: string) => Cell,
): Column {
  const ofLabel = goalOf(said.label, meaning);
  const goal = goalOfAspect(said, ofLabel);
  const isStep = said.aspect === "argmin" || said.aspect === "argmax";
  const unit = isStep ? "" : meaning.unit;
  const field = fieldOf(said, ofLabel);
  const title = titleOf(said);
  const words = [
    aboutOf(said),
    GOALS[goal] && GOALS[goal] + (meaning.goal ? "" : ", by its name"),
    meaning.description,
  ];
  return {
    ...column(keyOf(said), title, "Scalars", ({ id }) => cellOf(field, id)),
    numeric: true,
    unit,
    goal,
    first: isStep || goal === "min" ? "smallest" : "largest",
    width: Math.min(220, Math.max(104, 7 * (title.length + unit.length) + 28)),
    about: words.filter((part) => part !== "").join(". "),
    exact: (value) => withUnit(exactCell(value), unit),
    field,
    measured: true,
  };
}
