/** The view as an address for others. Loaded when it is asked for. */
import { copyText } from "./notices.svelte";
import { addressOfPage, view } from "./view.svelte";

/** Where the address says nothing, `view` says that this is meant: else others would see what they left themselves. */
export function linkToView(): string {
  const link = new URL(location.href);
  link.searchParams.delete("token");
  const address = addressOfPage(view.page);
  link.hash = address.includes("?") ? address : addressOfPage(view.page, { view: "plain" });
  return link.href;
}

export const copyLink = () => copyText(linkToView(), "Link copied");
