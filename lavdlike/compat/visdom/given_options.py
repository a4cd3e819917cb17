"""What `opts` say: checked, and as plotly's layout. The caller's dict is never changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from lavdlike.kinds import numbers as any_numbers

Options = dict[str, Any]

_AXIS_KEYS = ("type", "label", "tickmin", "tickmax", "tickvals", "ticklabels", "tick", "tickstep", "tickfont")


def check(condition: object, sentence: str) -> None:
    """Refuse as Visdom does.

    Raises:
        AssertionError: the condition does not hold.
    """
    if not condition:
        raise AssertionError(sentence)


def array_of(value: Any, argument: str) -> Any:
    """An array of numpy of a list, an array or a tensor of any library; None of None.

    Raises:
        AssertionError: it is none.
    """
    if value is None:
        return None
    try:
        return any_numbers.to_array(value, argument=argument)
    except ValueError as error:
        raise AssertionError(str(error)) from None


def options_of(opts: Mapping[str, Any] | None, **defaults: Any) -> Options:
    """A copy, with defaults for what is not given.

    Raises:
        AssertionError: an option is not what it should be.
    """
    options = {**defaults, **({} if opts is None else opts)}
    title = options.get("title")
    if title is None:
        options.pop("title", None)
    elif isinstance(title, Real):
        options["title"] = str(title)
    for name, (is_right, what) in _CHECKS.items():
        value = options.get(name)
        if value is not None and not _is_empty(value):
            check(is_right(value), f"opts: {name} must be {what}, not {value!r}"[:300])
    return options


def layout_of(options: Mapping[str, Any], *, is_3d: bool = False) -> dict[str, Any]:
    """The layout of plotly that the options ask for; without what is not said."""
    margins = {side[0]: options.get(f"margin{side}") for side in ("left", "right", "top", "bottom")}
    if options.get("tight_layout"):
        margins = {side: 0 if margin is None else margin for side, margin in margins.items()}
    layout: dict[str, Any] = {
        "showlegend": options.get("showlegend", "legend" in options),
        "title": options.get("title"),
        "margin": without_none(margins) or None,
    }
    if is_3d:
        layout["scene"] = {f"{name}axis": _axis(name, options, is_3d=True) for name in "xyz"}
    else:
        layout |= {f"{name}axis": _axis(name, options, is_3d=False) for name in "xy"}
    if options.get("stacked"):
        layout["barmode"] = "stack"
    layout |= (options.get("layoutopts") or {}).get("plotly", {})
    found: dict[str, Any] = without_none(layout)
    return found


def without_none(value: Any) -> Any:
    """A dict without what is None, at any depth."""
    if isinstance(value, Mapping):
        return {key: without_none(entry) for key, entry in value.items() if entry is not None}
    return value


def _axis(name: str, options: Mapping[str, Any], *, is_3d: bool) -> dict[str, Any] | None:
    said = {key: options.get(f"{name}{key}") for key in _AXIS_KEYS}
    if all(value is None for value in said.values()):
        return None
    low, high, step = said["tickmin"], said["tickmax"], said["tickstep"]
    has_range = low is not None and high is not None
    spread = high - low if low is not None and high is not None else 0
    axis = {
        "type": said["type"],
        "title": said["label"],
        "range": [low, high] if has_range else None,
        "tickvals": said["tickvals"],
        "ticktext": said["ticklabels"],
        "tickfont": said["tickfont"],
        "showticklabels": said["tick"],
    }
    if not is_3d:
        return {**axis, "dtick": step}
    return {**axis, "nticks": round(spread / step) if spread and step else None}


def _is_empty(value: Any) -> bool:
    return isinstance(value, (str, list, tuple, dict)) and not value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(low: float, high: float = float("inf"), *, above: bool = False) -> Callable[[Any], bool]:
    def is_one(value: Any) -> bool:
        return isinstance(value, Real) and low <= float(value) <= high and not (above and value == low)

    return is_one


_TEXT = (_is_text, "a string")
_NAMES = (lambda value: isinstance(value, (list, tuple)), "a list of names")
_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "color": _TEXT,
    "colormap": _TEXT,
    "mode": _TEXT,
    "markersymbol": _TEXT,
    "title": _TEXT,
    "markersize": (_is_number(0, above=True), "a number above 0"),
    "markerborderwidth": (_is_number(0), "a number from 0"),
    "columnnames": _NAMES,
    "rownames": _NAMES,
    "jpgquality": (_is_number(0, 100, above=True), "a number above 0, at most 100"),
    "opacity": (_is_number(0, 1), "a number from 0 to 1"),
    "fps": (_is_number(0, above=True), "a number above 0"),
    "layoutopts": (lambda value: isinstance(value, Mapping), "a dict"),
    "traceopts": (lambda value: isinstance(value, Mapping), "a dict"),
}
