"""TeX -> MathML, which browsers draw by themselves: without a script, without inline styles.

latex2mathml writes MathML 3. What browsers leave out of it (MathML Core) is written here as they have it: alignment as
classes, alphabets as characters, limits of sums below and above.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element, tostring

# Longer than any formula.
MAX_CHARACTERS = 5_000
# Rows of formulas, all of which `align*` can show.
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(?:align|aligned|gather|gathered|multline|eqnarray|alignat)\*?\}")
_NO_ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\{(?:equation|displaymath|math)\*?\}|\\(?:label|tag\*?)\{[^{}]*\}"
)
_NAMED = re.compile(r"\\operatorname\*?\s*\{([^{}]*)\}")
_THIN_SPACE, _THIN, _THIN_WIDTH = r"\,", "\u2009", "0.167em"
# Commands that latex2mathml does not know, in the words of those that it does.
_COMMANDS: Final = {
    "arg": r"\operatorname{arg}",
    "colon": ":",
    "eqqcolon": "=:",
    "lvert": "|",
    "rvert": "|",
    "mathds": r"\mathbb",
    "mathbbm": r"\mathbb",
    "bm": r"\boldsymbol",
    "notag": "",
    "nonumber": "",
    "displaystyle": "",
    "N": r"\mathbb{N}",
    "R": r"\mathbb{R}",
    "Z": r"\mathbb{Z}",
}
_COMMAND = re.compile(r"\\(" + "|".join(_COMMANDS) + r")(?![A-Za-z])")
_ALPHABETS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "monospace": "MONOSPACE",
}
_WITH_LIMITS = {*"∑∏∐⋃⋂⋀⋁⨁⨂⨀", "lim", "max", "min", "sup", "inf", "argmax", "argmin", "limsup", "liminf"}
_UNDER = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_SCRIPTED = {*_UNDER, *_UNDER.values(), "mfrac", "mroot"}
# The sanitiser lets the same through (`markdown_pages`).
ATTRIBUTES = {
    "math": {"alttext", "display"},
    "mfrac": {"linethickness"},
    "mo": {"accent", "fence", "form", "lspace", "maxsize", "minsize", "movablelimits", "rspace", "stretchy"},
    "mover": {"accent"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"displaystyle"},
}
# `mtd` and `mrow` have classes.
ELEMENTS = {
    *(
        "math",
        "mfrac",
        "mi",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
    ),
    *(
        "mrow",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
    ),
    "munderover",
}
CLASSES = {"mtd": {"left", "right"}, "mrow": {"box", "struck"}}


def to_html(tex: str, *, display: bool = False) -> str:
    """A formula in MathML; its source, if it cannot be read as one."""
    drawn = _drawn(tex.strip(), display=display)
    if drawn is not None:
        return drawn
    source = html.escape(tex.strip("\n"), quote=False)
    return f"<pre><code>{source}</code></pre>" if display else f"<code>{source}</code>"


@lru_cache(256)
def _drawn(tex: str, *, display: bool) -> str | None:
    from latex2mathml.converter import convert_to_element

    if not tex or len(tex) > MAX_CHARACTERS:
        return None
    try:
        math = convert_to_element(_readable(tex), display="block" if display else "inline")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - its errors have nothing in common, and some come from within
        return None
    if any((element.text or "").startswith("\\") for element in math.iter()):
        return None  # a command that it does not know
    math.attrib.pop("xmlns", None)
    elements = list(math.iter())
    for element in elements:
        _repair(element, display=display)
    for element in elements:
        _repair_row(element)
    math.set("alttext", tex)
    return tostring(math, encoding="unicode")


def _readable(tex: str) -> str:
    tex = _ENVIRONMENT.sub(r"\\\1{align*}", tex)
    tex = _NO_ENVIRONMENT.sub("", tex)
    tex = _NAMED.sub(lambda found: rf"\operatorname{{{found[1].replace(_THIN_SPACE, _THIN)}}}", tex)
    return _COMMAND.sub(lambda found: _COMMANDS[found[1]], tex)


def _repair(element: Element, *, display: bool) -> None:
    """Make MathML Core of an element, its children left as they are."""
    if element.text and len(element) == 0:
        element.text = html.unescape(element.text)
        _repair_token(element, element.text)
    if display and element.tag in _UNDER and _text(element[0]).replace(_THIN, "") in _WITH_LIMITS:
        element.tag = _UNDER[element.tag]
    if element.tag == "mtd" and element.get("columnalign") in ("left", "right"):
        element.set("class", str(element.get("columnalign")))
    elif element.tag == "menclose":
        element.tag = "mrow"
        element.set("class", "box" if element.get("notation") == "box" else "struck")
    else:
        element.attrib.pop("class", None)
    for name in element.attrib.keys() - ATTRIBUTES.get(element.tag, set()) - {"class"}:
        del element.attrib[name]


def _repair_token(element: Element, text: str) -> None:
    if text == "~":
        element.tag, element.text = "mo", "∼"
    elif element.tag == "mi" and len(text) == 1 and unicodedata.category(text) in ("Sm", "Ps", "Pe", "Po"):
        element.tag = "mo"
    elif element.tag == "mo" and len(text) > 1 and text[0].isalpha():
        element.tag = "mi"
    variant = element.attrib.pop("mathvariant", "")
    if variant == "normal" and element.tag == "mi" and len(text) == 1:
        element.tag = "mtext"  # the letters of a word, upright
    elif alphabet := _ALPHABETS.get(variant):
        element.text = "".join(_letter(character, alphabet) for character in text)


def _repair_row(element: Element) -> None:
    """Bars that are not said to grow do so only around a matrix; around a function's name there is some space."""
    parts = list(element)
    for number, part in enumerate(parts):
        before = parts[number - 1] if number else None
        following = parts[number + 1] if number + 1 < len(parts) else None
        if part.tag == "mo" and part.text and part.text in "|‖⟨⟩⌊⌋⌈⌉" and not part.attrib:
            is_around = any(other is not None and other.tag == "mtable" for other in (before, following))
            part.set("stretchy", "true" if is_around else "false")
        elif element.tag not in _SCRIPTED and _is_function(part):
            place = list(element).index(part)
            if following is not None and following.tag not in ("mo", "mspace"):
                element.insert(place + 1, Element("mspace", width=_THIN_WIDTH))
            if before is not None and before.tag not in ("mo", "mspace") and not _is_function(before):
                element.insert(place, Element("mspace", width=_THIN_WIDTH))


def _is_function(part: Element) -> bool:
    name = part[0] if part.tag in _SCRIPTED and len(part) else part
    text = (name.text or "").replace(_THIN, "")
    return name.tag == "mi" and len(text) > 1 and text.isalpha()


def _letter(character: str, alphabet: str) -> str:
    """The character of Unicode's mathematical alphabets; itself, if there is none."""
    kind, _, name = unicodedata.name(character, "").partition(" LETTER ")
    size = {
        "LATIN CAPITAL": "CAPITAL ",
        "LATIN SMALL": "SMALL ",
        "GREEK CAPITAL": "CAPITAL ",
        "GREEK SMALL": "SMALL ",
    }
    if character.isdigit():
        size, kind, name = {"": "DIGIT "}, "", unicodedata.name(character).removeprefix("DIGIT ")
    if kind not in size:
        return character
    wanted = f"{alphabet} {size[kind]}{name}"
    return _named(f"MATHEMATICAL {wanted}") or _named(wanted) or character


def _named(name: str) -> str:
    """The character of this name, "" if there is none."""
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return ""


def _text(element: Element) -> str:
    return html.unescape("".join(element.itertext()))
