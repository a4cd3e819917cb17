/**
 * The HTML that the server made safe (`MarkdownPage.html`), as nodes: they are adopted from a document that runs and
 * loads nothing, so that pictures are asked for only once, with what their addresses need.
 */
import { addressOfPath } from "../api/files";

const FILES = "api/files/";
const FRAGMENT = "#doc-";

export function toNodes(html: string): DocumentFragment {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const attribute of ["src", "poster", "href"]) {
    for (const element of body.querySelectorAll(`[${attribute}^="${FILES}"]`)) {
      element.setAttribute(attribute, addressOfPath(element.getAttribute(attribute) ?? ""));
    }
  }
  for (const link of body.querySelectorAll(`a[href]:not([href^="${FRAGMENT}"])`))
    link.setAttribute("target", "_blank");
  for (const table of body.querySelectorAll("table")) {
    const frame = body.ownerDocument.createElement("div");
    frame.className = "table";
    // What scrolls can be reached by keyboard.
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
  for (const code of body.querySelectorAll("pre")) code.tabIndex = 0;
  const fragment = document.createDocumentFragment();
  fragment.append(...body.childNodes);
  return fragment;
}

/** The page's own fragment is its address, so links within a document scroll by hand. */
export function followFragment(event: MouseEvent, inside: ParentNode): void {
  const link = (event.target as Element).closest(`a[href^="${FRAGMENT}"]`);
  if (!link) return;
  event.preventDefault();
  const id = link.getAttribute("href")?.slice(1) ?? "";
  const target =
    inside.querySelector(`#${CSS.escape(id)}`) ?? inside.querySelector(`#${CSS.escape(decoded(id))}`);
  target?.scrollIntoView({ block: "start" });
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
