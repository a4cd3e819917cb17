/** Requests for rollouts: a module of its own, since only their page needs it. */
import { postJson } from "./http";
import type { RolloutPage, RolloutRequest, RolloutsPage, RolloutsRequest } from "./messages";

export const fetchRollouts = (request: Partial<RolloutsRequest>, signal?: AbortSignal) =>
  postJson<RolloutsPage>("api/rollouts", request, signal);

export const fetchRollout = (request: RolloutRequest, signal?: AbortSignal) =>
  postJson<RolloutPage>("api/rollout", request, signal);
