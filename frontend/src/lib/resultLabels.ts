/** Which labels look like results, and which of their values are better: by what people call them. */
import type { Goal, LabelMeaning } from "./labelDefinitions";
import { isSystem } from "./systemLabels";

const SMALLER =
  /^(loss|nll|err|error|errors|perplexity|ppl|bpb|bpc|mse|rmse|mae|mape|wer|cer|ter|fid|kid|kl|eer|ece|brier|lpips|epe|regret|distortion)$/;
const LARGER =
  /^(acc|accuracy|f1|fbeta|auc|auroc|roc|auprc|ap|map|map50|precision|recall|sensitivity|specificity|iou|miou|dice|bleu|chrf|meteor|rouge|rouge1|rouge2|rougel|reward|rewards|return|returns|score|psnr|ssim|r2|ndcg|mrr|hits|success|elo|mcc|kappa|correlation|spearman|pearson|elbo|pass|winrate|sharpe)$/;
/** How the computer or the schedule does, and not what was learnt. */
const MEANS =
  /^(lr|learning|epoch|epochs|step|steps|iteration|iterations|time|seconds|duration|speed|throughput|fps|memory|gpu|cpu|ram|disk|system|sys|grad|gradient|gradients|gradnorm|norm|norms|momentum|beta|weight|weights|layer|layers|param|params|tokens|samples|utilization|temperature|ema|optim|optimizer|debug|perf|profile|scale)$/;

const HELD_OUT = [/^(val|valid|validation|dev)$/, /^(test|testing)$/, /^(eval|evaluation)$/];
const TRAINED_ON = /^(train|training)$/;

/** The words of a label: `val/top1Acc_5` -> val, top, acc. */
function wordsOf(label: string): string[] {
  const split = label.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  // `f1`, `map50`, `rouge1`, `r2` are whole words; otherwise figures say which one of many it is: `top1`, `acc5`.
  return split.split(/[^a-z\d]+/).flatMap((word) => {
    if (word === "") return [];
    return SMALLER.test(word) || LARGER.test(word) ? [word] : (word.match(/[a-z]+/g) ?? []);
  });
}

/** Which values of a label are better: as people said, or as its name says; "": nobody knows. */
export function goalOf(label: string, { goal }: Pick<LabelMeaning, "goal">): Goal {
  return goal || goalByName(label);
}

/** The last word that says something decides: `loss/accuracy` is an accuracy. */
export function goalByName(label: string): Goal {
  for (const word of wordsOf(label).reverse()) {
    if (SMALLER.test(word)) return "min";
    if (LARGER.test(word)) return "max";
  }
  return "";
}

/** How much a label looks like a result, the least first. null: it says how training goes, or nothing. */
function placeOf(label: string, meaning: Pick<LabelMeaning, "goal">): number[] | null {
  const words = wordsOf(label);
  const goal = goalOf(label, meaning);
  if (goal === "" || (!meaning.goal && words.some((word) => MEANS.test(word)))) return null;
  const heldOut = HELD_OUT.findIndex((each) => words.some((word) => each.test(word)));
  const trained = words.some((word) => TRAINED_ON.test(word));
  return [
    meaning.goal ? 0 : 1,
    heldOut >= 0 ? heldOut : trained ? HELD_OUT.length + 1 : HELD_OUT.length,
    // The plain loss before its parts, and before what else was measured.
    words.at(-1) === "loss" ? 0 : 1,
    words.length,
  ];
}

/**
 * Labels that look like results, the likeliest first: what is pinned, what has a goal by definition, what was measured on
 * held-out data, other losses and scores, those of the training data. Where none looks like one, the labels as they come.
 * What the host does is none unless it is pinned.
 */
export function rankResults(
  labels: readonly string[],
  pinned: readonly string[],
  meaningOf: (label: string) => Pick<LabelMeaning, "goal">,
): string[] {
  const there = new Set(labels);
  const first = pinned.filter((label) => there.has(label));
  const others = labels.filter((label) => !first.includes(label) && !isSystem(label));
  const placed = others.flatMap((label) => {
    const place = placeOf(label, meaningOf(label));
    return place ? [{ label, place }] : [];
  });
  if (placed.length === 0) return [...first, ...others];
  placed.sort((a, b) => comparePlaces(a.place, b.place));
  return [...first, ...placed.map(({ label }) => label)];
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
