/**
 * Formulas in TeX (`$\alpha_{1}$`) in titles and names of a figure, as plotly's own markup: it draws them itself only by a
 * library that is larger than itself. What is not known is left as it is written. Pure.
 */
import type { Figure, JsonObject } from "./figure";

/** As in Markdown: no spaces inside of the dollar signs, so that prices are none. */
const FORMULA = /\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/g;

/** The figure with its formulas as markup; the same one if it has none. */
export function withFormulas(figure: Figure): Figure {
  if (typeof figure !== "string")
    return { ...figure, data: figure.data.map(named), layout: titled(figure.layout) };
  if (!figure.includes("$")) return figure;
  try {
    const { data, layout, ...rest } = JSON.parse(figure) as { data?: JsonObject[]; layout?: JsonObject };
    return { ...rest, data: (data ?? []).map(named), layout: titled(layout ?? {}) };
  } catch {
    return figure; // with NaN, or none at all: the frame says so
  }
}

function named(trace: JsonObject): JsonObject {
  const name = trace["name"];
  return typeof name === "string" && name.includes("$") ? { ...trace, name: markup(name) } : trace;
}

/** All texts and titles, also of axes and notes, in whatever depth. */
function titled(part: JsonObject): JsonObject {
  const entries = Object.entries(part).map(([key, value]) => [key, shown(key, value)]);
  return Object.fromEntries(entries) as JsonObject;
}

const TEXTS = new Set(["title", "text", "ticktext"]);

function shown(key: string, value: unknown): unknown {
  if (typeof value === "string") return TEXTS.has(key) ? markup(value) : value;
  if (Array.isArray(value)) return value.map((each) => shown(key, each));
  return typeof value === "object" && value !== null ? titled(value as JsonObject) : value;
}

/** A text with each formula in it as markup. */
export function markup(text: string): string {
  return text.replace(FORMULA, (whole, formula: string) => {
    try {
      return new Formula(formula).markup();
    } catch (error) {
      if (error instanceof Unknown) return whole;
      throw error;
    }
  });
}

class Unknown extends Error {}

const SIGNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    (
      "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ " +
      "mu μ nu ν xi ξ pi π rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω " +
      "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω hbar ℏ ell ℓ " +
      "pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ " +
      "sim ∼ propto ∝ ll ≪ gg ≫ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ to → rightarrow → leftarrow ← " +
      "Rightarrow ⇒ Leftarrow ⇐ leftrightarrow ↔ mapsto ↦ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ forall ∀ " +
      "exists ∃ neg ¬ land ∧ lor ∨ emptyset ∅ langle ⟨ rangle ⟩ lvert | rvert | lVert ‖ rVert ‖ mid | ldots … dots … " +
      "cdots ⋯ prime ′ degree ° perp ⊥ parallel ∥ oplus ⊕ otimes ⊗ varpi ϖ wedge ∧ vee ∨ setminus ∖ supset ⊃ supseteq ⊇ " +
      "ni ∋ cong ≅ simeq ≃ asymp ≍ prec ≺ succ ≻ oint ∮ iint ∬ aleph ℵ Re ℜ Im ℑ dagger † ddagger ‡ angle ∠ triangle △ " +
      "longrightarrow ⟶ implies ⟹ iff ⇔ uparrow ↑ downarrow ↓ gets ← bot ⊥ top ⊤ models ⊨ vdash ⊢ lfloor ⌊ rfloor ⌋ " +
      "lceil ⌈ rceil ⌉ lbrace { rbrace } vert | Vert ‖ colon : vdots ⋮ ddots ⋱ odot ⊙ ominus ⊖ diamond ⋄ amalg ⨿ doteq ≐"
    )
      .split(" ")
      .reduce<[string, string][]>((pairs, word, place, words) => {
        if (place % 2 === 0) pairs.push([word, words[place + 1]!]);
        return pairs;
      }, []),
  ),
  ",": "\u2009",
  ":": "\u2005",
  ";": "\u2004",
  "!": "",
  " ": " ",
  displaystyle: "",
  textstyle: "",
  limits: "",
  nolimits: "",
  quad: "\u2003",
  qquad: "\u2003\u2003",
};
/** Signs that stand over the letter before them, as Unicode combines them. */
const ACCENTS: Readonly<Record<string, string>> = {
  hat: "\u0302",
  widehat: "\u0302",
  bar: "\u0304",
  tilde: "\u0303",
  widetilde: "\u0303",
  vec: "\u20d7",
  dot: "\u0307",
  ddot: "\u0308",
  check: "\u030c",
  breve: "\u0306",
  acute: "\u0301",
  grave: "\u0300",
};
/** Over or under any number of letters. */
const LINES: Readonly<Record<string, string>> = { overline: "\u0305", underline: "\u0332" };
const DOUBLE_STRUCK: Readonly<Record<string, string>> = {
  ...{ R: "ℝ", N: "ℕ", Z: "ℤ", Q: "ℚ", C: "ℂ", P: "ℙ", E: "𝔼", H: "ℍ" },
  1: "𝟙",
};
/** What stands around the rows of a matrix, by its environment. */
const MATRICES: Readonly<Record<string, readonly [string, string]>> = {
  matrix: ["", ""],
  pmatrix: ["(", ")"],
  bmatrix: ["[", "]"],
  Bmatrix: ["{", "}"],
  vmatrix: ["|", "|"],
  Vmatrix: ["‖", "‖"],
  cases: ["{", ""],
};
const UPRIGHT = new Set(
  "log ln lg exp sin cos tan sinh cosh tanh arcsin arccos arctan min max sup inf lim arg det dim ker Pr mod".split(
    " ",
  ),
);
/** Commands whose argument is text, or only looks another way. */
const OF_TEXT = new Set(["text", "textrm", "mathrm", "operatorname", "mathsf", "texttt", "mathtt"]);
const BOLD = new Set(["mathbf", "textbf", "boldsymbol", "bm"]);
const PLAIN = new Set(["mathcal", "mathit", "textit", "mathscr", "mathfrak"]);
const ESCAPES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** One formula, read from its begin to its end. */
class Formula {
  #at = 0;

  constructor(private readonly tex: string) {}

  /** Throws Unknown: something in it is not known. */
  markup(): string {
    const found = this.#until("");
    if (this.#at < this.tex.length) throw new Unknown();
    return found;
  }

  #until(end: string): string {
    let found = "";
    while (this.#at < this.tex.length && this.tex[this.#at] !== end) found += this.#next();
    return found;
  }

  #next(): string {
    const sign = this.tex[this.#at++]!;
    if (sign === "^") return `<sup>${this.#argument()}</sup>`;
    if (sign === "_") return `<sub>${this.#argument()}</sub>`;
    if (sign === "{") return this.#group("}");
    if (sign === "}") throw new Unknown();
    if (sign === "\\") return this.#command();
    if (sign === "~") return "\u00a0";
    if (sign === "-") return "−";
    if (sign === "'") return "′";
    return /\p{L}/u.test(sign) ? `<i>${sign}</i>` : (ESCAPES[sign] ?? sign);
  }

  #argument(): string {
    while (this.tex[this.#at] === " ") this.#at++;
    if (this.#at >= this.tex.length) throw new Unknown();
    return this.#next();
  }

  #group(end: string): string {
    const found = this.#until(end);
    if (this.tex[this.#at++] !== end) throw new Unknown();
    return found;
  }

  #command(): string {
    const [name] = /^(?:[A-Za-z]+|.)/su.exec(this.tex.slice(this.#at)) ?? [""];
    this.#at += name.length;
    const sign = SIGNS[name];
    if (sign !== undefined) return sign;
    if (UPRIGHT.has(name)) return name;
    if (OF_TEXT.has(name)) return this.#text();
    if (BOLD.has(name)) return `<b>${this.#argument()}</b>`;
    if (PLAIN.has(name)) return this.#argument();
    if (name === "left" || name === "right") return this.#invisible();
    if (name === "mathbb")
      return this.#argument().replace(/\p{L}|\d/gu, (each) => DOUBLE_STRUCK[each] ?? each);
    if (name in ACCENTS) return this.#accented(ACCENTS[name]!);
    if (name in LINES) return signed(this.#argument(), LINES[name]!);
    if (name === "begin") return this.#matrix();
    if (name === "binom") return `(${this.#argument()} over ${this.#argument()})`;
    if (name === "sqrt") return this.#root();
    if (name === "frac" || name === "dfrac" || name === "tfrac") {
      return `${inBrackets(this.#argument())}/${inBrackets(this.#argument())}`;
    }
    if (/^[%$#&_{}|]$/.test(name)) return ESCAPES[name] ?? name;
    throw new Unknown();
  }

  #text(): string {
    while (this.tex[this.#at] === " ") this.#at++;
    if (this.tex[this.#at] !== "{") throw new Unknown();
    const end = this.tex.indexOf("}", this.#at);
    const text = this.tex.slice(this.#at + 1, end);
    if (end < 0 || /[{\\$]/.test(text)) throw new Unknown();
    this.#at = end + 1;
    return text.replace(/[<>&]/g, (sign) => ESCAPES[sign]!);
  }

  /** A bracket behind it stands for itself, and a dot for none. */
  #invisible(): string {
    if (this.tex[this.#at] === ".") this.#at++;
    return "";
  }

  #accented(accent: string): string {
    const found = this.#argument();
    if (found.replace(/<[^>]+>/g, "").length > 1) throw new Unknown();
    return signed(found, accent);
  }

  /** In one line: cells with room between them, rows with semicolons. */
  #matrix(): string {
    const [, name = ""] = /^\{(\w+)\}/.exec(this.tex.slice(this.#at)) ?? [];
    const brackets = MATRICES[name];
    const end = this.tex.indexOf(`\\end{${name}}`, this.#at);
    if (!brackets || end < 0) throw new Unknown();
    const inside = this.tex.slice(this.#at + name.length + 2, end);
    if (inside.includes("\\begin")) throw new Unknown();
    this.#at = end + name.length + 6;
    const rows = inside.split("\\\\").map((row) =>
      row
        .split("&")
        .map((cell) => new Formula(cell.trim()).markup())
        .join("\u2003"),
    );
    return brackets[0] + rows.join("; ") + brackets[1];
  }

  #root(): string {
    let degree = "";
    if (this.tex[this.#at] === "[") {
      this.#at++;
      degree = `<sup>${this.#group("]")}</sup>`;
    }
    return `${degree}√${inBrackets(this.#argument())}`;
  }
}

/** With a combining sign behind each letter, and none in tags. */
function signed(formula: string, sign: string): string {
  return formula.replace(/<[^>]+>|[^<\s]/gu, (each) => (each.startsWith("<") ? each : each + sign));
}

/** Unless it is one sign or number. */
function inBrackets(formula: string): string {
  const seen = formula.replace(/<[^>]+>/g, "");
  return /^(\p{L}|\d+)$/u.test(seen) || /^\(.*\)$/.test(seen) ? formula : `(${formula})`;
}
