/** The request that tells an experiment's script what was done to its items: a module of its own, since few pages need it. */
import { postJson } from "./http";
import type { EventsAnswer, EventsRequest } from "./messages";

export const sendEvents = (experiment: string, request: EventsRequest) =>
  postJson<EventsAnswer>(`api/events/${experiment}`, request);
