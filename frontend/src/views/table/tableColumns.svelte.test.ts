import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { experimentOf } from "../../state/experiment.fixture";
import { readAddress } from "../../state/view.svelte";
import { useTableColumns, type TableColumns } from "./tableColumns.svelte";

const many = Object.fromEntries(Array.from({ length: 3000 }, (_, place) => [`key-${place}`, place]));
const rows = ["a", "b"].map((name, run) =>
  experimentOf(name, { config: { ...many, ...Object.fromEntries(varying(run)), lr: run } }),
);
let end = () => undefined as unknown;

function varying(run: number): [string, number][] {
  return Array.from({ length: 80 }, (_, place) => [`v-${place}`, run]);
}

function columnsOf(): TableColumns {
  let columns!: TableColumns;
  end = $effect.root(() => {
    columns = useTableColumns(
      () => rows,
      () => [],
      () => null,
    );
  });
  flushSync();
  return columns;
}

const settings = (columns: TableColumns) =>
  columns.shown.filter(({ key }) => key.startsWith("config:")).map(({ title }) => title);

afterEach(() => {
  end();
  history.replaceState(null, "", "#/");
  readAddress();
});

test("of thousands of settings the first that differ are columns, and the others can be added", () => {
  const columns = columnsOf();
  expect(settings(columns)).toHaveLength(50);
  expect(settings(columns).slice(0, 3)).toEqual(["lr", "v-0", "v-1"]);
  expect(columns.leftOutCount).toBe(31);
  expect(columns.constantCount).toBe(3000 + 1); // and the tags, of which there are none

  columns.add(["config:v-79"]);
  expect(settings(columns)[0]).toBe("v-79");
  expect(columns.leftOutCount).toBe(30);
});

test("constant ones that are asked for are no more than a table can have, either", () => {
  const columns = columnsOf();
  columns.constantToo = true;
  expect(settings(columns)).toHaveLength(50);
  expect(columns.leftOutCount).toBe(3000 + 81 - 50);
});
