import { expect, test } from "vitest";
import { groupsToCsv, toCsv, toJson, toTsv } from "./seriesFiles";

const series = {
  experiment: 'with "quotes", and comma',
  writer: "",
  label: "loss",
  steps: Float64Array.of(0, 10),
  wallTimes: Float64Array.of(1700000000.123, 1700000001),
  values: Float64Array.of(0.1 + 0.2, NaN),
};

test("CSV of groups has the average, the band and of how many they are", () => {
  const column = (...values: number[]) => Float64Array.from(values);
  const group = {
    group: 'lr=0.1, "a"',
    label: "loss",
    x: column(0, 10),
    average: column(0.1 + 0.2, 2),
    low: column(0.25, NaN),
    high: column(0.5, NaN),
    n: column(3, 1),
  };
  expect(groupsToCsv([group], "median").split("\r\n")).toEqual([
    "group,label,x,median,low,high,n",
    '"lr=0.1, ""a""",loss,0,0.30000000000000004,0.25,0.5,3',
    '"lr=0.1, ""a""",loss,10,2,nan,nan,1',
    "",
  ]);
});

test("CSV keeps every digit, spells NaN and quotes names", () => {
  expect(toCsv([series])).toBe(
    "experiment,writer,label,step,wall_time,value\r\n" +
      '"with ""quotes"", and comma",,loss,0,1700000000.123,0.30000000000000004\r\n' +
      '"with ""quotes"", and comma",,loss,10,1700000001,nan\r\n',
  );
});

test("JSON holds columns, with NaN and infinities as texts", () => {
  const values = Float64Array.of(1, -Infinity);
  expect(JSON.parse(toJson([{ ...series, writer: "rank3", values }]))).toEqual([
    {
      experiment: 'with "quotes", and comma',
      writer: "rank3",
      label: "loss",
      steps: [0, 10],
      wall_times: [1700000000.123, 1700000001],
      values: [1, "-inf"],
    },
  ]);
});

test("names with tabs and newlines stay in their cell of the clipboard's table", () => {
  expect(
    toTsv([
      ["a\tb", "c\nd"],
      ["1", "2"],
    ]),
  ).toBe("a b\tc d\n1\t2");
  expect(toTsv([['"a" - b', 'c"']])).toBe('"""a"" - b"\tc"');
});
