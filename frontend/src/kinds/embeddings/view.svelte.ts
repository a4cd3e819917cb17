/** How the Embeddings page is looked at: all of it stands in the address. */
import { StepChoices } from "../../state/stepChoices.svelte";
import { choiceParameter, flagParameter, textParameter } from "../../state/view.svelte";

export const steps = new StepChoices("embeddings");

export const method = choiceParameter("embeddings.method", ["pca", "tsne", "umap"]);
export const axes = choiceParameter("embeddings.axes", ["2", "3"]);
/** The column that colours; "": the first. */
export const colourBy = textParameter("embeddings.colour", "");
export const metric = choiceParameter("embeddings.metric", ["cosine", "euclidean"]);
export const showsPictures = flagParameter("embeddings.pictures", true);

/** The embedding in the large view (lib/openedItem.ts); "": none. */
export const opened = textParameter("embeddings.open", "", { step: true });
