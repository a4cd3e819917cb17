"""A kind is one module, one folder of the page and a line in two registries: nothing else names a single kind.

Outside of the registries and of a kind's own module, no module imports one or has its name as a text. What may is
listed with its reason: the subject of the module is that kind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.kinds import registry
from tests.scripts import ROOT

NAMES = frozenset(kind.name for kind in registry.KINDS)
EVERY = NAMES
# A module, or a room with all its modules (`/`), the kinds that it may name, and why.
ALLOWED: tuple[tuple[str, frozenset[str], str], ...] = (
    ("lavdlike/kinds/registry.py", EVERY, "a line for each kind"),
    ("lavdlike/logger.py", EVERY, "the writing half: a method for each kind"),
    ("lavdlike/writing/", EVERY, "the writing half"),
    ("lavdlike/compat/", EVERY, "APIs of other tools, whose methods are of a kind each"),
    (
        "lavdlike/sources/",
        frozenset({"scalars", "tables"}),
        "files of points: their lines, or rows of a table",
    ),
    (
        "lavdlike/sources/events/event_items.py",
        frozenset({"audio", "graphs", "histograms", "images", "meshes", "pr_curves"}),
        "items of TensorBoard's plugins, some called as our kinds, which are made into files of ours",
    ),
    (
        "lavdlike/sources/events/event_graphs.py",
        frozenset({"graphs"}),
        "TensorBoard's graphs, of which ours are made",
    ),
    (
        "lavdlike/sources/events/projector.py",
        frozenset({"embeddings"}),
        "TensorBoard's embeddings, of which ours are made",
    ),
    (
        "lavdlike/sources/mlflow/mlflow_models.py",
        frozenset({"markdown"}),
        "a model's signature, which is made into Markdown of ours",
    ),
    (
        "lavdlike/sources/record_documents.py",
        frozenset({"confusion_matrices", "plots", "pr_curves"}),
        "plots of DVCLive, of which files of ours are made",
    ),
    (
        "lavdlike/sources/trackio/trackio_media.py",
        frozenset({"audio", "histograms", "html", "images", "markdown"}),
        "types of media of trackio, of which files of ours are made",
    ),
    (
        "lavdlike/sources/trackio/trackio_traces.py",
        frozenset({"rollouts"}),
        "conversations of trackio, of which files of ours are made",
    ),
    (
        "lavdlike/sources/wandb_files/",
        frozenset({"audio", "files", "histograms", "html", "images", "logs", "meshes", "plots", "videos"}),
        "types of media of wandb, of which files of ours are made; a column of artifacts",
    ),
    (
        "lavdlike/pane_items.py",
        frozenset({"audio", "embeddings", "figures", "graphs", "html", "images", "plots", "tables"}),
        "panes of Visdom, of which files of ours are made; an element of HTML",
    ),
    ("lavdlike/sources/visdom/", frozenset({"graphs", "plots"}), "which panes its environments hold"),
    ("lavdlike/visdom_server/lua_calls.py", frozenset({"images"}), "a call of Visdom that is called so"),
    ("lavdlike/detection_messages.py", frozenset({"images"}), "boxes that lie on pictures"),
    (
        "lavdlike/sources/detections/",
        frozenset({"images"}),
        "annotations of pictures, which are boxes on them",
    ),
    ("lavdlike/reading/detections/", frozenset({"images"}), "the same, and the pictures that they name"),
    (
        "lavdlike/server/web/outside_pictures.py",
        frozenset({"images"}),
        "pictures outside of the tree, and what lies on them",
    ),
    ("lavdlike/server/live/feed.py", frozenset({"scalars"}), "points have messages of their own"),
    ("lavdlike/messages.py", frozenset({"scalars"}), "the tag of the message that points changed"),
    ("lavdlike/boards/board_fields.py", frozenset({"scalars"}), "which have charts instead of items"),
    ("lavdlike/alerts.py", frozenset({"logs"}), "records of `events.log`"),
    ("lavdlike/reading/log_pages.py", frozenset({"logs"}), "pages of logs"),
    ("lavdlike/reading/log_past.py", frozenset({"logs"}), "where a log ended"),
    (
        "lavdlike/kinds/shown.py",
        frozenset({"html", "plots"}),
        "what a package's Python may return: a plot, a table or HTML",
    ),
    ("lavdlike/kinds/rollout_records/chat.py", frozenset({"audio"}), "what a part of a message may be"),
    ("lavdlike/reading/rollout_pages/", frozenset({"rollouts"}), "lists of rollouts"),
    ("lavdlike/rollout_messages.py", frozenset({"rollouts"}), "what is asked of them"),
    ("lavdlike/reading/inspection.py", frozenset({"scalars"}), "what the values of each label are"),
    ("lavdlike/shell/", frozenset({"logs", "scalars"}), "`tail` follows logs, `show` draws points"),
    ("lavdlike/shell/inspecting.py", frozenset({"files"}), "a heading"),
    (
        "lavdlike/server/sandbox/",
        frozenset({"audio", "html"}),
        "elements of HTML, and names of Markdown's processors",
    ),
)
_KINDS = "lavdlike.kinds"
_ROUTES = "lavdlike/server/web/routes/"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "lavdlike").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def kinds_named_in(tree: ast.AST) -> set[str]:
    """Those whose module is imported, or whose name stands as a text."""
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == _KINDS:
            named.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            named.add(_kind_of_module(node.module or ""))
        elif isinstance(node, ast.Import):
            named.update(_kind_of_module(alias.name) for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named.add(node.value)
    return named & NAMES


def _kind_of_module(name: str) -> str:
    package, _, module = name.rpartition(".")
    return module if package == _KINDS else ""


def allowed_in(path: str) -> set[str]:
    allowed = {Path(path).stem} if path.startswith("lavdlike/kinds/") else set()
    for place, kinds, _ in ALLOWED:
        if path == place or (place.endswith("/") and path.startswith(place)):
            allowed |= kinds
    return allowed


@pytest.mark.slow
def test_a_single_kind_is_named_only_in_its_own_places() -> None:
    named = {path: kinds_named_in(tree) - allowed_in(path) for path, tree in modules()}
    elsewhere = {path: kinds for path, kinds in named.items() if kinds and not path.startswith(_ROUTES)}
    assert elsewhere == {}


@pytest.mark.slow
def test_each_subject_of_the_routes_names_its_own_kind_at_most() -> None:
    for path, tree in modules():
        if path.startswith(_ROUTES):
            assert len(kinds_named_in(tree)) <= 1, path


@pytest.mark.slow
def test_no_exception_is_left_that_nobody_needs() -> None:
    found = list(modules())
    for place, kinds, _ in ALLOWED:
        needed = set().union(*(kinds_named_in(tree) for path, tree in found if path.startswith(place)))
        assert kinds is EVERY or kinds <= needed, place


def test_a_forbidden_import_or_text_would_be_found() -> None:
    source = """
from html import escape
from lavdlike.kinds import images
import lavdlike.kinds.logs
from lavdlike.kinds.html import KIND
kind = "plots"
"""
    assert kinds_named_in(ast.parse(source)) == {"images", "logs", "plots", "html"}
