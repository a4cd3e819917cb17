/** Requests about the root and its experiments. */
import { getJson, postJson, query } from "./http";
import type {
  Catalogue,
  FilterAnswer,
  FilterRequest,
  PollAnswer,
  PollRequest,
  ProblemsPage,
  RootPage,
  UsagePage,
  UsageRequest,
} from "./messages";

/** `page`: which one is about to be opened: the server may read ahead for it. */
export const fetchRoot = (page = "", signal?: AbortSignal) =>
  getJson<RootPage>(`api/root${query({ page: page || undefined })}`, signal);

export const fetchCatalogue = (experiment: string, signal?: AbortSignal) =>
  getJson<Catalogue>(`api/experiments/${experiment}`, signal);

/** Which experiments a filter lets through. What is left out is as `FilterRequest` says it. */
export const fetchFilter = (request: Partial<FilterRequest>, signal?: AbortSignal) =>
  postJson<FilterAnswer>("api/filter", request, signal);

export const fetchProblems = (signal?: AbortSignal) => getJson<ProblemsPage>("api/problems", signal);

export function fetchUsage(experiments: string[], signal?: AbortSignal): Promise<UsagePage> {
  const request: UsageRequest = { experiments };
  return postJson("api/usage", request, signal);
}

export const poll = (request: PollRequest, signal?: AbortSignal) =>
  postJson<PollAnswer>("api/poll", request, signal);
