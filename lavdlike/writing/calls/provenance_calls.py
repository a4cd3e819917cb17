"""The methods of `Logger` for what makes a run repeatable: command, configuration, state of the code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lavdlike import layout
from lavdlike.kinds import commands, plain, text_file
from lavdlike.writing import provenance
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_mapping, check_text, checked_config

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_log = logging.getLogger("lavdlike")


class ProvenanceCalls(Family):
    """Where the results come from."""

    def log_config(self, config: Mapping[str, Any]) -> None:
        """Add hyperparameters to those in `experiment.json`; what is not JSON is written as its text.

        >>> with Logger("example", config={"layers": 3}) as logger:
        ...     logger.log_config({"optimizer": {"name": "adam", "rate": 0.001}})
        """
        writer = self._active
        if writer is not None:
            writer.add_config(checked_config(config))

    def log_command(
        self,
        parser: ArgumentParser,
        args: Namespace,
        binary: str = "python",
        script_name: str | None = None,
    ) -> None:
        """Log how the script was called and what its parser offers, to `command.json`.

        Args:
            script_name: by default `sys.argv[0]`; "" for none.

        >>> from argparse import ArgumentParser
        >>> parser = ArgumentParser()
        >>> _ = parser.add_argument("--epochs", type=int, default=10)
        >>> Logger("example").log_command(parser, parser.parse_args(["--epochs", "3"]), script_name="train.py")
        """
        writer = self._active
        if writer is not None:
            if not hasattr(parser, "_actions"):
                raise ValueError(f"parser must be an ArgumentParser, not {type(parser).__name__}")
            check_text(binary, "binary")
            check_text("" if script_name is None else script_name, "script_name")
            if not hasattr(args, "__dict__") or isinstance(args, type):
                raise ValueError(f"args must be a Namespace, not {type(args).__name__}")
            script = sys.argv[0] if script_name is None else script_name
            writer.merge(self.log_dir / layout.COMMAND_FILE, commands.to_json(parser, args, binary, script))

    def log_summary(
        self,
        infos: Mapping[str, Any] | None = None,
        sections: Mapping[str, str | Sequence[str]] | None = None,
        options: Namespace | None = None,
    ) -> None:
        """Log when, how and from which state of the code the script was started, to `summary.md`.

        Changes that are not committed go to `changes.patch` for `git apply`: those of tracked files, binary ones
        included, and new files of up to 1 MiB that are not ignored, but nothing of `log_dir`.

        Args:
            infos: a list at the top; dicts in it are lists below their key.
            sections: {title: text or lines} at the end.
            options: parsed arguments, listed one a line.

        >>> Logger("example").log_summary({"size": {"train": 1000}}, {"Remarks": ["First.", "Second."]})
        """
        writer = self._active
        if writer is None:
            return
        infos, sections = {} if infos is None else infos, {} if sections is None else sections
        check_mapping(infos, "infos")
        check_mapping(sections, "sections")
        texts_of = {title: _section(content, title) for title, content in sections.items()}
        fields = None if options is None else _fields(options, "options")
        folder = provenance.start_folder()
        git = provenance.commit_of(folder)
        changes = provenance.changes_of(folder, without=self.base_dir)
        if changes.refusal:
            _log.warning("the summary has no commit: git says %s", changes.refusal)
        patch_file = self.log_dir / "changes.patch"
        summary = provenance.summary(
            self.name,
            self.get_start_time(),
            git,
            changes,
            patch_file=patch_file,
            indent_size=self._indent_size,
            infos=infos,
            sections=texts_of,
            options=fields,
        )
        if changes.patch:
            writer.replace(patch_file, changes.patch)
        else:
            writer.remove(patch_file)  # an earlier session's, of which the summary is replaced too
        writer.replace(self.log_dir / "summary.md", text_file.encode(summary))


def _fields(options: Any, argument: str) -> dict[str, Any]:
    fields = options if isinstance(options, dict) else getattr(options, "__dict__", None)
    if fields is None or isinstance(options, type):
        raise ValueError(f"{argument} must be a Namespace, not {type(options).__name__}")
    return dict(fields)


def _section(content: Any, title: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(map(str, plain.listed(content, f"sections[{title!r}]", " of lines, or a text")))
