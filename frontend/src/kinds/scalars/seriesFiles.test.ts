import { expect, test } from "vitest";
import { toCsv, toJson, toTsv } from "./seriesFiles";

const series = {
  experiment: 'with "quotes", and comma',
  writer: "",
  label: "loss",
  steps: Float64Array.of(0, 10),
  wallTimes: Float64Array.of(1700000000.123, 1700000001),
  values: Float64Array.of(0.1 + 0.2, NaN),
};

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
});
