import { expect, test } from "vitest";
import { markup, withFormulas } from "./formulas";

test.each([
  ["Loss", "Loss"],
  [
    String.raw`$\alpha_{1c} = 352 \pm 11 \text{ km s}^{-1}$`,
    "α<sub>1<i>c</i></sub> = 352 ± 11  km s<sup>−1</sup>",
  ],
  [String.raw`$d, r \text{ (solar radius)}$`, "<i>d</i>, <i>r</i>  (solar radius)"],
  [
    String.raw`$\sqrt{(n_\text{c}(t|{T_\text{early}}))}$`,
    "√(<i>n</i><sub>c</sub>(<i>t</i>|<i>T</i><sub>early</sub>))",
  ],
  [
    String.raw`error $\frac{1}{n}\sum_i x_i^2$ of all`,
    "error 1/<i>n</i>∑<sub><i>i</i></sub> <i>x</i><sub><i>i</i></sub><sup>2</sup> of all",
  ],
  [String.raw`$\mathbf{W} < 3\%$`, "<b><i>W</i></b> &lt; 3%"],
  ["$x$ for $5 and $6", "<i>x</i> for $5 and $6"],
  [String.raw`$\unknown{x}$`, String.raw`$\unknown{x}$`],
  ["$a_$ and $}$", "$a_$ and $}$"],
  [String.raw`$\text{\<img onerror=x>}$`, String.raw`$\text{\<img onerror=x>}$`],
])("a formula is plotly's markup: %s", (tex, expected) => {
  expect(markup(tex)).toBe(expected);
});

test("titles, names, axes, ticks and notes of a figure have their formulas drawn, its data stays", () => {
  const layout = {
    title: { text: "$a$" },
    xaxis: { title: "$b$", ticktext: ["$c$", 1], range: [0, 1] },
    annotations: [{ text: "$d$", name: "$d$" }],
  };
  const figure = { data: [{ name: "$e$", text: ["$f$"], x: [1] }], layout };
  const drawn = {
    data: [{ name: "<i>e</i>", text: ["$f$"], x: [1] }],
    layout: {
      title: { text: "<i>a</i>" },
      xaxis: { title: "<i>b</i>", ticktext: ["<i>c</i>", 1], range: [0, 1] },
      annotations: [{ text: "<i>d</i>", name: "$d$" }],
    },
  };
  expect(withFormulas(figure)).toEqual(drawn);
  expect(withFormulas(JSON.stringify(figure))).toEqual(drawn);
  expect(withFormulas('{"data": [{"y": [NaN]}], "layout": {"title": "$a$"}}')).toContain("NaN");
  expect(withFormulas("{}")).toBe("{}");
});

test.each([
  [String.raw`$\hat{y} = \bar x$`, "<i>y\u0302</i> = <i>x\u0304</i>"],
  [String.raw`$\overline{AB}$`, "<i>A\u0305</i><i>B\u0305</i>"],
  [String.raw`$\left( x \right.$`, "( <i>x</i> "],
  [String.raw`$x \in \mathbb{R}^n$`, "<i>x</i> ∈ <i>ℝ</i><sup><i>n</i></sup>"],
  [String.raw`$\begin{pmatrix} a & b \\ 0 & 1 \end{pmatrix}$`, "(<i>a</i>\u2003<i>b</i>; 0\u20031)"],
  [String.raw`$\hat{ab}$`, String.raw`$\hat{ab}$`],
  [String.raw`$\begin{align} a \end{align}$`, String.raw`$\begin{align} a \end{align}$`],
])("%s", (text, drawn) => {
  expect(markup(text)).toBe(drawn);
});
