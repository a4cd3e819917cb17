from __future__ import annotations

import re
from html import unescape
from xml.etree.ElementTree import fromstring

import pytest

from lavdlike.server.sandbox.gfm import formulas
from lavdlike.server.sandbox.markdown_program import render
from lavdlike.server.sandbox.safe_html import safe_html


def found(source: str) -> list[tuple[str, str]]:
    """How each formula stands, and its TeX."""
    written = re.findall(r'<math display="(\w+)" alttext="([^"]*)"', render(source))
    return [(display, unescape(tex)) for display, tex in written]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a $x_1$ b", [("inline", "x_1")]),
        ("$`x*y*z`$", [("inline", "x*y*z")]),
        (r"a \(x_1\) b", [("inline", "x_1")]),
        ("a $$x$$ b", [("block", "x")]),
        ("$$x$$", [("block", "x")]),
        ("text:\n$$\na\n= b\n- c\n$$\nmore", [("block", "a\n= b\n- c")]),
        ("- $$\n  x\n  $$", [("block", "x")]),
        ("> $$\n> x\n> $$", [("block", "x")]),
        ("\\[\nx\n\\]", [("block", "x")]),
        ("```math\nx\n```", [("block", "x")]),
        ("| $a$ |\n|-|\n| $b$ |", [("inline", "a"), ("inline", "b")]),
        ("**$x$** and [$y$](z)", [("inline", "x"), ("inline", "y")]),
        (r"$a \$ b$", [("inline", r"a \$ b")]),
        ("$$a\\\\\nb$$", [("block", "a\\\\\nb")]),
    ],
)
def test_formulas_are_found(source: str, expected: list[tuple[str, str]]) -> None:
    assert found(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "it costs $5 and $6",
        "$5, $6",
        "a$b$c",
        "`$x$`",
        "    $x$",
        "```\n$x$\n```",
        r"\$x\$",
        "$ x $",
        "$$",
        "$$\n\nnever closed",
        r"\[WIP\] \[x\](y)",
        "[a](b$c$d)",
    ],
)
def test_what_only_looks_like_a_formula_is_text(source: str) -> None:
    assert found(source) == []


COMMON = [
    r"\frac{1}{N}\sum_{i=1}^N \left(x_i-\hat{x}_i\right)^2",
    r"\mathbb{E}_{x\sim p}[\log D(x)]",
    r"\operatorname{softmax}(QK^\top/\sqrt{d_k})",
    r"\operatorname*{arg\,max}_\theta \arg\max \argmin",
    r"\begin{cases}1 & x>0\\0 & \text{otherwise}\end{cases}",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
    r"\begin{align*} a &= b \\ c &= d \end{align*}",
    r"\begin{gather} a = b \\ c = d \end{gather}",
    r"\begin{equation} a = b \label{x} \end{equation}",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
    r"\mathrm{KL}(p\,\|\,q) \quad \lVert x\rVert_2",
    r"\mathbf{x}\in\mathbb{R}^{n\times m}, \boldsymbol{\theta}, \bm{x}, \mathcal{L}",
    r"\nabla_\theta \mathcal{L}, \partial, \infty, \alpha, \Omega",
    r"\underbrace{a+b}_{n}, \overline{x}, \tilde{x}, \vec{v}, \dot{x}",
    r"\int_0^1 f\,dx, \lim_{x\to 0}, \prod_i, \binom{n}{k}, \tfrac12",
    r"a \le b \ge c \neq d \approx e \propto f \mid g \coloneqq h",
]


@pytest.mark.parametrize("tex", COMMON)
def test_common_formulas_are_drawn(tex: str) -> None:
    for display in (False, True):
        html = formulas.to_html(tex, display=display)
        assert html.startswith("<math")
        assert not re.search(r">\\", html)


@pytest.mark.parametrize("tex", COMMON)
def test_nothing_of_a_formula_is_lost_when_it_is_made_safe(tex: str) -> None:
    html = formulas.to_html(tex, display=True)
    assert tags(safe_html(html, "a", "")) == tags(html)


def tags(html: str) -> list[tuple[str, dict[str, str]]]:
    tree = fromstring(html.replace("&nbsp;", "\xa0"))  # noqa: S314 - it is ours
    return [(element.tag, element.attrib) for element in tree.iter()]


@pytest.mark.parametrize(
    "tex", [r"\nosuchcommand{x}", "{", "^", "a^b^c", r"\left(", "", "x" * 5_001, "{" * 3_000]
)
def test_what_is_no_formula_is_shown_as_it_is_written(tex: str) -> None:
    assert formulas.to_html(tex) == f"<code>{tex}</code>"
    assert formulas.to_html(tex, display=True) == f"<pre><code>{tex}</code></pre>"


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\class{button}{x}",
        r"\text{<script>alert(1)</script>}",
        r"x<img src=y onerror=alert(1)>",
        r"\includegraphics{//example.org/x.png}",
        r"\unicode{60}script\unicode{62}",
    ],
)
def test_formulas_hold_nothing_but_mathematics(tex: str) -> None:
    html = safe_html(formulas.to_html(tex), "a", "")
    inside = re.sub(r'alttext="[^"]*"', "", html)
    assert not re.search(r"<(?!/?(?:m[a-z]+|code)\b)", inside)
    assert not re.search(r"(?:href|style|class|src|onerror)=[\"']", inside)


def test_limits_stand_below_sums_that_are_displayed() -> None:
    assert "<munderover>" in formulas.to_html(r"\sum_{i=1}^n x", display=True)
    for name in (r"\max", r"\argmax", r"\operatorname*{arg\,max}"):
        assert "<munder>" in formulas.to_html(rf"{name}_a x", display=True)
    assert "<munder" not in formulas.to_html(r"\sum_{i=1}^n x")


def test_alphabets_are_characters() -> None:
    html = formulas.to_html(r"\boldsymbol{x}\boldsymbol\theta\mathbb{R1}\mathcal{L}\mathtt{a}\mathrm{d}")
    assert "mathvariant" not in html
    for character in ("𝒙", "𝜽", "ℝ", "𝟙", "ℒ", "𝚊"):
        assert character in html


def test_cells_are_aligned_by_classes() -> None:
    html = formulas.to_html(r"\begin{aligned} a &= b \end{aligned}")
    assert '<mtd class="right">' in html
    assert '<mtd class="left">' in html
    assert "columnalign" not in html


def test_names_of_functions_are_upright_and_stand_apart() -> None:
    assert "<mi>arg\u2009max</mi>" in formulas.to_html(r"\operatorname*{arg\,max}_x p")
    html = formulas.to_html(r"y \log x")
    assert html.count("<mspace") == 2
    assert "<mspace" not in formulas.to_html(r"\log(x)")


def test_bars_grow_around_matrices_alone() -> None:
    assert formulas.to_html(r"|x|").count('stretchy="false"') == 2
    assert formulas.to_html(r"\begin{vmatrix}1\\2\end{vmatrix}").count('stretchy="true"') == 2
