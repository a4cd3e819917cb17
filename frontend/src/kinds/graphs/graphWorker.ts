/** Keeps one graph beside the page, places it and searches it. */
import type { GraphPart } from "../../api/messages";
import { answerQuestions } from "../../lib/answerQuestions";
import { draw, type Drawing } from "./drawing";
import { GroupedGraph, type PartId } from "./groupedGraph";
import type { Direction } from "./levelLayout";
import { about, search, type About, type Found } from "./questions";

export type Question =
  | { ask: "open"; part: GraphPart }
  | { ask: "draw"; open: string[]; direction: Direction; around: PartId | null }
  | { ask: "search"; text: string; most: number }
  | { ask: "about"; part: PartId }
  | { ask: "holders"; part: PartId };

export interface Answers {
  /** The paths of groups that are open at first. */
  open: string[];
  draw: Drawing;
  search: { found: Found[]; count: number };
  about: About;
  /** The paths of groups that a part is in. */
  holders: string[];
}

let graph: GroupedGraph | null = null;

answerQuestions(answer);

function answer(question: Question): Answers[keyof Answers] {
  if (question.ask === "open") {
    graph = new GroupedGraph(question.part);
    return paths(graph, graph.openAtFirst());
  }
  if (!graph) throw new Error("nothing was opened");
  switch (question.ask) {
    case "draw":
      return draw(graph, { ...question, open: groups(graph, question.open) });
    case "search":
      return search(graph, question.text, question.most);
    case "about":
      return about(graph, question.part);
    case "holders":
      return paths(graph, graph.holdersOf(question.part));
  }
}

const paths = (of: GroupedGraph, parts: readonly PartId[]) => parts.map((part) => of.pathOf(part));

/** Those that this graph has: another step's may have others. */
const groups = (of: GroupedGraph, named: readonly string[]) =>
  new Set(named.map((path) => of.groupOfPath(path)).filter((part) => part !== undefined));
