import { expect, test } from "vitest";
import { Hover } from "./hover.svelte";
import type { Line, Scale } from "./lines";
import type { Emphasis } from "./plot";

const SIZE = { clientWidth: 100, clientHeight: 100 };

function world(lengths: readonly number[] = [11]) {
  const lines = lengths.map((length, index): Line => ({
    name: `${index}`,
    colour: "#000",
    x: Float64Array.from({ length }, (_, x) => x),
    y: Float64Array.from({ length }, (_, y) => y),
    smoothed: null,
    length,
    origin: 0,
    segments: [],
    sorted: true,
  }));
  const x: Scale = { range: [0, 10], log: false, from: 0, to: 100 };
  const y: Scale = { range: [0, 10], log: false, from: 100, to: 0 };
  const drawn = {
    scales: { x, y },
    content: {
      lines,
      axes: { xQuantity: "number" as const, xLog: false, yLog: false },
      zoom: null,
      withoutOutliers: false,
    },
    area: Object.defineProperties(
      document.createElement("div"),
      Object.fromEntries(Object.entries(SIZE).map(([name, value]) => [name, { value }])),
    ),
    emphasised: null as Emphasis | null,
    emphasise: (emphasis: Emphasis | null) => void (drawn.emphasised = emphasis),
    crosshair: null as number | null,
    showCrosshair: (at: number | null) => void (drawn.crosshair = at),
    pointAt: (place: { x: number; y: number }) => hover.point(place),
  };
  const crosshairs: (number | null)[] = [];
  const hover = new Hover<Line>({
    plot: () => drawn,
    order: () => "largest",
    onx: (at) => crosshairs.push(at),
  });
  return { hover, drawn, crosshairs };
}

test("what is pointed at stands out, and other charts are told of it", () => {
  const { hover, drawn, crosshairs } = world();
  hover.point({ x: 40, y: 60 });
  expect(hover.hovered?.nearest).toMatchObject({ x: 4, value: 4 });
  expect(drawn.emphasised?.dots).toHaveLength(1);
  hover.point(null);
  expect([hover.hovered, drawn.emphasised, crosshairs]).toEqual([null, null, [4, null]]);
});

test("a resting pointer says what is drawn below it now", () => {
  const { hover, drawn } = world();
  hover.point({ x: 40, y: 60 });
  drawn.scales.x = { ...drawn.scales.x, range: [5, 10] };
  hover.drawn();
  expect(hover.hovered?.points[0]).toMatchObject({ x: 7 });
});

test("what is pinned stays, whatever the pointer does and is drawn, until it is let go", () => {
  const { hover, drawn } = world();
  hover.point({ x: 40, y: 60 });
  hover.pin();
  const pinned = hover.hovered;
  hover.point({ x: 80, y: 60 });
  hover.point(null);
  drawn.emphasised = null;
  hover.drawn();
  expect([hover.pinned, hover.hovered]).toEqual([true, pinned]);
  expect(drawn.emphasised).not.toBeNull();
  hover.pin();
  expect([hover.pinned, hover.hovered]).toEqual([false, null]);
});

test("nothing is pinned where nothing is pointed at", () => {
  const { hover } = world([0]);
  hover.point({ x: 40, y: 60 });
  hover.pin();
  expect([hover.pinned, hover.hovered]).toEqual([false, null]);
});

test("keys begin in the middle, end at the edges and let go of what was pinned", () => {
  const { hover } = world();
  hover.moveBy(0, 0);
  expect([hover.keyed, hover.hovered?.place]).toEqual([true, { x: 50, y: 50 }]);
  hover.pin();
  hover.moveBy(70, -8);
  expect([hover.pinned, hover.hovered?.place]).toEqual([false, { x: 100, y: 42 }]);
  hover.leaveKeys();
  expect(hover.keyed).toBe(false);
});

test("the crosshair stands at a point that exists, of the line that is meant", () => {
  const { hover, drawn, crosshairs } = world([11, 4]);
  hover.point({ x: 47, y: 52 });
  expect([drawn.crosshair, crosshairs.at(-1), hover.hovered?.at]).toEqual([5, 5, 5]);
  expect(hover.hovered?.points).toMatchObject([
    { x: 5, isHere: true },
    { x: 3, isHere: false },
  ]);
  hover.pin();
  drawn.crosshair = null;
  hover.point({ x: 90, y: 10 });
  expect(drawn.crosshair).toBe(5);
});

test("where no line is near, it stands where one has a point", () => {
  const { hover } = world([4]);
  hover.point({ x: 90, y: 2 });
  expect([hover.hovered?.at, hover.hovered?.nearest]).toEqual([3, null]);
});
