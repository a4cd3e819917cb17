import { expect, test, vi } from "vitest";
import type { Board, BoardPage } from "../../api/messages";
import type { BoardEdit, BoardStore, Written } from "./boardStores";
import { keysOf } from "./changes";
import { OpenBoard } from "./openBoard.svelte";

const REF = { key: "chart a", index: 0, type: "chart" } as const;
const moved = (column: number) =>
  ({ does: "set panel", of: REF, path: ["at"], value: [column, 0, 4, 4] }) as const;

/** A file whose answers come when they are told to. */
class Store implements BoardStore {
  readonly written: BoardEdit[] = [];
  answer: (written: Written) => void = () => undefined;

  load(): Promise<BoardPage> {
    const content: Board = { panels: [{ type: "chart", index: 0, labels: ["a"] }] };
    return Promise.resolve({ content, match: "m" } as BoardPage);
  }

  write(edit: BoardEdit): Promise<Written> {
    this.written.push(edit);
    return new Promise((answer) => (this.answer = answer));
  }
}

test.each(["done", "conflict"] as const)(
  "what is changed while a change is on its way is written after it, which is %s",
  async (is) => {
    vi.useFakeTimers();
    const store = new Store();
    const open = new OpenBoard("x", store);
    await vi.advanceTimersByTimeAsync(0);
    const key = keysOf(open.board!.panels!)[0]!;
    const move = (column: number) => open.change({ ...moved(column), of: { ...REF, key } });

    move(1);
    await vi.advanceTimersByTimeAsync(0); // at once
    expect(store.written).toHaveLength(1);
    move(2);
    store.answer({ is });
    await vi.advanceTimersByTimeAsync(1000);
    const last = store.written.at(-1)!;
    expect("operations" in last && last.operations).toEqual([
      { operation: "set", path: ["panels", 0, "at"], value: [2, 0, 4, 4] },
    ]);
    expect(store.written).toHaveLength(2);
    store.answer({ is: "done" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(open.isUnsaved).toBe(false);
    open.close();
    vi.useRealTimers();
  },
);
