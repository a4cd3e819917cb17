/** Keeps the vectors of one embedding beside the page, and computes with them. */
import { answerQuestions } from "../../lib/answerQuestions";
import { readVectors, type Vectors } from "./npy";
import { nearest, principalPlaces, type Metric, type Neighbour, type Projection } from "./vectors";

export type Question =
  | { ask: "open"; content: ArrayBuffer }
  | { ask: "principal"; rows: Uint32Array }
  | { ask: "nearest"; to: number; most: number; metric: Metric };

export interface Answers {
  open: { count: number; dimensions: number };
  principal: Projection;
  nearest: Neighbour[];
}

let vectors: Vectors | null = null;

answerQuestions(answer);

function answer(question: Question): Answers[keyof Answers] {
  if (question.ask === "open") {
    vectors = readVectors(question.content);
    return { count: vectors.count, dimensions: vectors.dimensions };
  }
  if (!vectors) throw new Error("nothing was opened");
  return question.ask === "principal"
    ? principalPlaces(vectors, question.rows)
    : nearest(vectors, question.to, question.most, question.metric);
}
