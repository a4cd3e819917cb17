"""The methods of `Logger` for what people fill in in the page, and for hearing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lavdlike import layout
from lavdlike.kinds import forms
from lavdlike.writing import event_listener
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_flag, check_name

if TYPE_CHECKING:
    from lavdlike.event_lines import Event


class FormCalls(Family):
    """Forms and events."""

    _listener: event_listener.EventListener | None

    def log_form(self, fields: Iterable[Mapping[str, Any]], name: str, step: int | None = None) -> None:
        """Log a form to `<name>.form.json`. Whoever may edit fills it in in the page, and `on_event` hears of it.

        The page changes nothing in the form: to show what was chosen, log it again.

        Args:
            fields: dicts with `type` ("text", "number", "button", "checkbox", "select" or "slider"), `name` and
                `value`; of a select also `choices`; of a slider `minimum` and `maximum`, which a number may have, too,
                and `increment`.

        Raises:
            ValueError: names the field and what is wrong with it.

        >>> with Logger("example") as logger:
        ...     logger.log_form([{"type": "number", "name": "rate", "value": 0.1}], "settings")
        """
        writer = self._active
        if writer is None:
            return
        writer.replace(self._checked_path(name, step, forms.SUFFIX), forms.to_file(fields))

    def on_event(
        self, handler: Callable[[Event], object], name: str | None = None, *, gestures: bool = False
    ) -> Callable[[], None]:
        """Call a function with everything that somebody does to an item in the page from now on.

        Events are read from `events.jsonl` (docs/format.md, "Events") in a thread of its own, one after the other in
        the order of the file, also those that anything else appends. An exception in a handler is logged by `logging`,
        and the other handlers are called all the same. After a fork, only the process that asked hears.

        Args:
            handler: is given an `Event`: `label`, `type`, `by`, `time`, and what goes with the type: of forms "changed"
                and "pressed" with `field` and `value`.
            name: the label whose events; None: of all.
            gestures: have the page tell, too, of keys while the item has the focus ("key": `value`, `code`), clicks on
                a picture ("clicked": `x`, `y`), vectors that are picked or selected ("picked", "selected": `indices`),
                a slider of steps ("moved": `value`), and that it was closed ("closed"). Keys then do nothing else
                there, and a click on the picture does not enlarge it.

        Returns:
            What ends it. `close` of the logger ends all.

        >>> with Logger("example") as logger:
        ...     stop = logger.on_event(lambda event: print(event.field, event.value), "settings")
        ...     stop()
        """
        if not callable(handler):
            raise ValueError(f"handler must be a function of an event, not {handler!r}")
        check_flag(gestures, "gestures")
        if name is not None:
            check_name(name)
        if self._active is None:
            return _nothing
        if self._listener is None:
            self._listener = event_listener.EventListener(self.log_dir / layout.PAGE_EVENTS_FILE)
        if gestures:
            self.ask_for_gestures(name)
        return self._listener.add(handler, name)

    def ask_for_gestures(self, name: str | None = None) -> None:
        """Have the page tell of keys, clicks and selections, too, as `on_event(..., gestures=True)` does.

        Args:
            name: of items of this label; None: of all.

        >>> with Logger("example") as logger:
        ...     logger.ask_for_gestures("input")
        """
        if name is not None:
            check_name(name)
        if self._active is not None:
            self._active.listen("" if name is None else name)


def _nothing() -> None:
    """What ends what never began."""
