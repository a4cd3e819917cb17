/** Requests about scalars and what is said about them. */
import type { AggregatesAnswer } from "./aggregates";
import { jsonBody, postJson, send } from "./http";
import type {
  AggregatesRequest,
  AnnotationsPage,
  AnnotationsRequest,
  ComparisonRequest,
  GroupComparison,
  ImportanceAnswer,
  ImportanceRequest,
  RangesPage,
  RangesRequest,
  ScalarLabelsPage,
  SeriesRequest,
  ValuesPage,
  ValuesRequest,
} from "./messages";
import type { SeriesAnswer } from "./series";

const AGGREGATES_TYPE = "application/vnd.lavdlike.aggregates";
const SERIES_TYPE = "application/vnd.lavdlike.series";

export const fetchScalarLabels = (experiments: string[], signal?: AbortSignal) =>
  postJson<ScalarLabelsPage>("api/scalars/labels", { experiments }, signal);

export function fetchAnnotations(experiments: string[], signal?: AbortSignal): Promise<AnnotationsPage> {
  const request: AnnotationsRequest = { experiments };
  return postJson("api/annotations", request, signal);
}

export async function fetchSeries(request: SeriesRequest, signal?: AbortSignal): Promise<SeriesAnswer> {
  const sent = send("api/scalars/series", { ...jsonBody(request), signal }, SERIES_TYPE);
  // Most pages have no use for it.
  const [response, { decodeSeries }] = await Promise.all([sent, import("./series")]);
  return decodeSeries(await response.arrayBuffer(), request.x_label !== "");
}

/** The difference of two groups' means, with its interval. */
export const compareGroups = (request: ComparisonRequest, signal?: AbortSignal) =>
  postJson<GroupComparison>("api/compare-groups", request, signal);

/** Which settings go along with a result. A forest takes seconds. */
export const fetchImportance = (request: ImportanceRequest, signal?: AbortSignal) =>
  postJson<ImportanceAnswer>("api/importance", request, signal);

/** Exact values of series at one place; of those without a point there or earlier, none. */
export const fetchValues = (request: ValuesRequest, signal?: AbortSignal) =>
  postJson<ValuesPage>("api/scalars/values", request, signal);

/** One line a group and label that has points. */
export async function fetchAggregates(
  request: AggregatesRequest,
  signal?: AbortSignal,
): Promise<AggregatesAnswer> {
  const sent = send("api/scalars/aggregates", { ...jsonBody(request), signal }, AGGREGATES_TYPE);
  // Most pages have no use for it.
  const [response, { decodeAggregates }] = await Promise.all([sent, import("./aggregates")]);
  return decodeAggregates(await response.arrayBuffer());
}

/** What the values of series come to between two places. */
export const fetchRanges = (request: RangesRequest, signal?: AbortSignal) =>
  postJson<RangesPage>("api/scalars/ranges", request, signal);
