/** One graph on show: which groups are open, where everything stands, what is selected. */
import { untrack } from "svelte";
import type { GraphPart } from "../../api/messages";
import type { Drawing } from "./drawing";
import { GraphClient } from "./graphClient";
import type { PartId } from "./groupedGraph";
import type { About } from "./questions";
import { direction, remember, rememberedOf } from "./view.svelte";

/** More boxes are more than anybody sees, and than a page draws smoothly. */
const MOST_BOXES = 4000;

export class GraphSession {
  drawing = $state.raw<Drawing | null>(null);
  error = $state.raw<Error | null>(null);
  /** Why a group was not opened; "" if it was. */
  refusal = $state("");
  selected = $state<PartId | null>(null);
  about = $state.raw<About | null>(null);
  /** What is to be brought into sight when it is drawn. */
  wanted = $state.raw<{ part: PartId } | null>(null);
  client = $state.raw<GraphClient | null>(null);
  open = $state.raw<ReadonlySet<string>>(new Set());
  #around = $state<PartId | null>(null);
  readonly #name: () => string;

  constructor(part: () => GraphPart, name: () => string) {
    this.#name = name;
    $effect(() => {
      const client = new GraphClient();
      const graph = part();
      untrack(() => this.#begin(client, graph));
      return () => client.close();
    });
    $effect(() => {
      const { client, open } = this;
      if (client) void this.#draw(client, [...open], direction.value, this.#around);
    });
    $effect(() => {
      const { client, selected } = this;
      this.about = null;
      if (client && selected !== null)
        client.about(selected).then(
          (about) => {
            if (this.selected === selected && this.client === client) this.about = about;
          },
          (error: unknown) => (this.error = error as Error),
        );
    });
  }

  toggle(path: string): void {
    const open = new Set(this.open);
    if (!open.delete(path)) open.add(path);
    this.#setOpen(open);
  }

  foldAll(): void {
    this.#setOpen(new Set());
  }

  /** Selects a part wherever it is: the groups around it are opened. */
  async find(part: PartId): Promise<void> {
    const holders = await this.client?.holders(part);
    if (!holders) return;
    this.selected = part;
    this.#around = part;
    this.#setOpen(new Set([...this.open, ...holders]));
    this.wanted = { part };
  }

  #begin(client: GraphClient, graph: GraphPart): void {
    this.client = null;
    this.selected = null;
    this.error = null;
    this.#around = null;
    client.open(graph).then(
      (first) => {
        this.open = new Set(rememberedOf(this.#name()).open ?? first);
        this.client = client;
      },
      (error: unknown) => (this.error = error as Error),
    );
  }

  #setOpen(open: ReadonlySet<string>): void {
    this.refusal = "";
    this.open = open;
    remember(this.#name(), { open: [...open] });
  }

  async #draw(
    client: GraphClient,
    open: string[],
    way: "down" | "right",
    around: PartId | null,
  ): Promise<void> {
    try {
      const drawing = await client.draw(open, way, around);
      if (
        client !== this.client ||
        open.length !== this.open.size ||
        !open.every((path) => this.open.has(path))
      )
        return;
      if (drawing.boxes.length > MOST_BOXES && open.length > 0 && this.drawing) {
        this.#setOpen(new Set(this.#before));
        this.refusal = `More than ${MOST_BOXES.toLocaleString("en")} boxes would be drawn: fold other groups first.`;
        return;
      }
      this.#before = open;
      this.drawing = drawing;
      this.error = null;
    } catch (error) {
      if (client === this.client) this.error = error as Error;
    }
  }

  #before: string[] = [];
}
