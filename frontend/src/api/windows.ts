/** Requests about windows of Visdom's environments. What is done to them are edits. */
import { getJson } from "./http";
import type { WindowsPage } from "./messages";

export const fetchWindows = (experiment: string, signal?: AbortSignal) =>
  getJson<WindowsPage>(`api/windows/${experiment}`, signal);
