import { fireEvent, render, screen } from "@testing-library/svelte";
import { createRawSnippet, flushSync } from "svelte";
import { expect, test, vi } from "vitest";
import BoardGrid from "./BoardGrid.svelte";
import type { GridSection } from "./boardPixels";
import type { Place } from "./places";

const place = (column: number, row: number): Place => ({ column, row, width: 6, height: 4 });
const NAMES = ["a", "b", "c", "d"];
const SECTION = {
  ...{ name: "", title: "", folded: false, panels: NAMES },
  places: [place(0, 0), place(6, 0), place(0, 4), place(6, 4)],
};

class Observer {
  readonly #tell: (entries: { target: Element }[]) => void;
  constructor(tell: (entries: { target: Element }[]) => void) {
    this.#tell = tell;
  }
  observe = (target: Element) => this.#tell([{ target }]);
  unobserve = () => undefined;
  disconnect = () => undefined;
}

test("a panel that is moved is drawn once, and so are those that make room", async () => {
  vi.stubGlobal("ResizeObserver", Observer);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1200, 2000));
  const drawn: string[] = [];
  const arranged: (readonly Place[])[] = [];
  const panel = createRawSnippet<[string]>((name) => ({
    render: () => {
      drawn.push(name());
      return `<article><header>${name()}</header></article>`;
    },
  }));
  const head = createRawSnippet(() => ({ render: () => "<i></i>" }));
  const scroller = document.body.appendChild(document.createElement("div"));
  scroller.dataset["scroller"] = "";
  const props = { key: (name: string) => name, nameOf: (name: string) => name, head, panel };
  const onarrange = (changed: readonly GridSection<string>[]) =>
    arranged.push(...changed.map(({ places }) => places));
  const shown = render(
    BoardGrid<string>,
    { target: scroller, props: { ...props, sections: [SECTION], onarrange } },
    { baseElement: scroller },
  );
  flushSync();
  expect(drawn).toEqual(NAMES);
  const boxOf = (name: string) => screen.getByText(name).closest<HTMLElement>(".part")!;

  const corner = screen.getByRole("button", { name: "Place of a" });
  await fireEvent.keyDown(corner, { key: "ArrowRight" });
  expect(arranged).toEqual([[{ ...place(1, 0) }, place(6, 4), place(0, 4), place(6, 8)]]);
  await shown.rerender({ ...props, sections: [{ ...SECTION, places: [...arranged[0]!] }], onarrange });
  expect(boxOf("a").style.left).toBe("101px");
  expect(boxOf("b").style.top).toBe(`${12 + 4 * 72}px`);

  await fireEvent.pointerDown(screen.getByText("a"), { button: 0, clientX: 20, clientY: 20 });
  await fireEvent.pointerMove(window, { clientX: 20, clientY: 20 + 8 * 72 });
  expect(boxOf("a").style.top).toBe(`${12 + 8 * 72}px`);
  await fireEvent.pointerUp(window);
  expect(arranged).toHaveLength(2);
  expect(drawn).toEqual(NAMES);
});
