from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.errors import LogFormatError
from lavdlike.kinds import plugins, registry
from lavdlike.kinds.kind import FramePage, Kind, Overlay, ShownPage
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from tests.plugins import MOLECULES, WATER, install, seen_by_processes
from tests.scripts import ROOT


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds is gone after it."""
    for name in ("BY_NAME", "_by_suffix", "_media_types", "_in_any_json", "_in_json_file"):
        monkeypatch.setattr(registry, name, getattr(registry, name).copy())


def added(kind: object, monkeypatch: pytest.MonkeyPatch) -> plugins.Plugins:
    """What comes of a package whose entry point names this."""
    monkeypatch.setattr(sys.modules[__name__], "named", kind, raising=False)
    return plugins.add([EntryPoint("clouds", f"{__name__}:named", plugins.GROUP)])


def reason(kind: object, monkeypatch: pytest.MonkeyPatch) -> str:
    found = added(kind, monkeypatch)
    assert found.kinds == ()
    [problem] = found.problems
    return problem.reason


def fails(*_: object) -> Any:
    raise KeyError("place")


XYZ = frozenset({".xyz"})
SHOWN = ShownPage(lambda content: ("plot", content))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.js").touch()
    return tmp_path


def test_a_kind_is_found_by_its_suffix_and_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind(
        "clouds", XYZ, json_key="clouds", read_json=lambda value, _: value, media_types={".xyz": "image/png"}
    )
    [found] = added(kind, monkeypatch).kinds
    assert registry.BY_NAME["clouds"] is found
    assert registry.kind_of_suffix(".XYZ") is found
    assert registry.kinds_of_json({"clouds": {}}, "0001/a.json") == (found,)
    assert registry.media_type_of(".xyz") == "image/png"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (("plot", {"data": [], "layout": {}}), ""),
        (("plot", 3), "its kind returned no plot: figure must be"),
        (("table", [1]), "its kind returned no table: table\\[0\\] must be a row"),
        ("plot", "its kind must return \\('plot', figure\\)"),
        (None, "the kind clouds failed: KeyError: 'place'"),
    ],
)
def test_what_python_shows_is_made_of_what_was_read(
    made: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(content: Any) -> Any:
        assert content == 7
        return fails() if made is None else made

    shown = ShownPage(show)
    [kind] = added(Kind("clouds", XYZ, read_file=lambda *_: 7, page=shown), monkeypatch).kinds
    assert kind.read_file is not None
    with pytest.raises(LogFormatError, match=said) if said else nullcontext():
        assert kind.read_file(b"", "a.xyz").plot


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("no kind", "not a lavdlike.kinds.kind.Kind, but str"),
        (Kind("Clouds", XYZ), "its name is not of lower-case letters"),
        (Kind("images", XYZ), "there is 'images' already"),
        (Kind("problems", XYZ), "there is 'problems' already"),
        (Kind("clouds"), "there is no file of it"),
        (Kind("clouds", XYZ, page=SHOWN), "it has nothing to show"),
        (Kind("clouds", frozenset({".png"})), ".png is of the kind images"),
        (Kind("clouds", frozenset({".mask.png"})), "not a suffix of its own"),
        (Kind("clouds", frozenset({".tar.gz"})), "not a suffix of its own"),
        (Kind("clouds", frozenset({".json"})), "not a suffix of its own"),
        (Kind("clouds", frozenset({".XYZ"})), "not a suffix of its own"),
        (Kind("clouds", json_key="texts", read_json=fails), "the key 'texts' of JSON files is of another kind"),
        (Kind("clouds", json_key="clouds"), "has no 'read_json'"),
        (Kind("clouds", XYZ, overlay=Overlay(".atoms", ".png")), "'overlay' is for lavdlike's own kinds"),
        (Kind("clouds", XYZ, number_of=fails), "'number_of' is for lavdlike's own kinds"),
        (Kind("clouds", XYZ, media_types={".js": "text/plain"}), "not a suffix of it"),
        (Kind("clouds", XYZ, media_types={".xyz": "text/javascript"}), "no media type of lavdlike's own kinds"),
        (Kind("clouds", XYZ, page=FramePage(Path("/nowhere"))), "there is no index.js in the folder"),
    ],
)  # fmt: skip
def test_a_kind_that_contradicts_others_is_left_out_and_said(
    kind: object, why: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert why in reason(kind, monkeypatch)
    assert why in caplog.text
    assert "clouds" not in registry.BY_NAME


def test_cards_have_a_height_that_a_page_can_show(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind("clouds", XYZ, page=FramePage(folder, card_height=10))
    assert "card_height is not from 80 to 2000" in reason(kind, monkeypatch)


def test_of_two_packages_with_one_kind_the_first_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "named", Kind("clouds", XYZ), raising=False)
    entry_points = [EntryPoint(name, f"{__name__}:named", plugins.GROUP) for name in ("b", "a")]
    found = plugins.add(entry_points)
    assert len(found.kinds) == 1
    [problem] = found.problems
    assert problem.path.startswith("the kind b ")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise RuntimeError('broken')", "RuntimeError: broken"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("", "AttributeError"),
        ("import threading; threading.Event().wait()", "not imported within 0.2 s"),
    ],
)
def test_a_package_that_cannot_be_imported_is_left_out_and_said(
    code: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugins, "LIMIT_S", 0.2 if "wait" in code else 30.0)
    monkeypatch.syspath_prepend(tmp_path)
    module = f"package_{abs(hash(code))}"
    (tmp_path / f"{module}.py").write_text(code)
    found = plugins.add([EntryPoint("clouds", f"{module}:KIND", plugins.GROUP)])
    assert found.kinds == ()
    assert why in found.problems[0].reason


class TestReaders:
    """Whatever they do is a problem of the file that they read."""

    @pytest.fixture
    def step(self, tmp_path: Path) -> Path:
        folder = tmp_path / "log" / "exp" / "0001"
        folder.mkdir(parents=True)
        return folder

    def problem(self, step: Path) -> str:
        experiment = Snapshot(LocalRoot(step.parent.parent), ExperimentName("exp"))
        [address] = experiment.items("a")
        item = experiment.read(address)
        assert item is not None
        assert item.problem is not None
        return item.problem.reason

    @pytest.mark.parametrize(
        ("readers", "why"),
        [
            ({"read_file": fails}, "the kind clouds failed: KeyError: 'place'"),
            ({"read_head": fails}, "the kind clouds failed: KeyError: 'place'"),
            ({"read_file": lambda *_: object()}, "the kind clouds failed: TypeError"),
        ],
    )
    def test_that_fail_or_give_what_cannot_be_sent(
        self, readers: Mapping[str, Any], why: str, step: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        added(Kind("clouds", XYZ, **readers), monkeypatch)
        (step / "a.xyz").touch()
        assert why in self.problem(step)

    def test_of_json_do_not_end_a_scan(self, step: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        added(Kind("clouds", json_key="clouds", read_json=fails, problems_of=fails), monkeypatch)
        (step / "a.json").write_text('{"clouds": {}}')
        assert "the kind clouds failed" in self.problem(step)

    def test_that_ask_what_a_document_is_may_fail(self, step: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        added(Kind("clouds", is_document=fails, read_json=fails), monkeypatch)
        (step / "a.json").write_text('{"texts": {"actual": "text"}}')
        assert [
            item.kind for item in Snapshot(LocalRoot(step.parent.parent), ExperimentName("exp")).items("a")
        ] == ["texts"]

    def test_of_parts_say_that_there_is_no_such_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read_part(_file: object, asked: Mapping[str, str], path: str) -> int:
            if "missing" in asked:
                raise LogFormatError(path, "cut short")
            return int(asked["at"])

        [kind] = added(Kind("clouds", XYZ, read_part=read_part), monkeypatch).kinds
        assert kind.read_part is not None
        file: Any = None
        assert kind.read_part(file, {"at": "3"}, "a.xyz") == 3
        with pytest.raises(ValueError, match="invalid literal"):
            kind.read_part(file, {"at": "x"}, "a.xyz")
        with pytest.raises(LogFormatError, match="KeyError: 'at'"):
            kind.read_part(file, {}, "a.xyz")
        with pytest.raises(LogFormatError, match="cut short"):
            kind.read_part(file, {"missing": ""}, "a.xyz")


class TestInstalledPackage:
    """A package of somebody else's brings a kind, without a changed line here."""

    @pytest.fixture
    def site(self, tmp_path: Path) -> Iterator[Path]:
        site = tmp_path / "site"
        install(MOLECULES, site)
        with seen_by_processes(site):
            yield site

    @pytest.fixture
    def experiment(self, tmp_path: Path) -> Path:
        with Logger("exp", log_dir=tmp_path / "log") as logger:
            logger.log_file(WATER, "water", step=1, extension=".xyz")
            logger.log_file("9\ncut\n", "cut", step=1, extension=".xyz")
        return logger.log_dir

    def show(self, *arguments: object) -> str:
        command = [sys.executable, "-m", "lavdlike.server", "show", *map(str, arguments)]
        return subprocess.run(
            command, check=True, cwd=ROOT, capture_output=True, text=True, timeout=50
        ).stdout

    @pytest.mark.usefixtures("site")
    def test_is_listed_and_read_in_the_shell(self, experiment: Path) -> None:
        listed = self.show(experiment).splitlines()
        assert listed[listed.index("MOLECULES") + 1 :][:2] == ["  cut    step 1", "  water  step 1"]
        water = json.loads(self.show(experiment, "water", "--json"))
        assert water["content"] == {"comment": "water", "atoms": {"O": 1, "H": 2}}
        cut = json.loads(self.show(experiment, "cut", "--json"))
        assert cut["problem"]["reason"] == "9 atoms are promised, 0 are there"

    @pytest.mark.parametrize(
        "path",
        [
            "pyproject.toml",
            *(f"lavdlike_molecules/{file}" for file in ("__init__.py", "page/index.js", "spectra.py")),
        ],
    )
    def test_is_the_example_of_the_documents(self, path: str) -> None:
        text = (ROOT / "docs" / "kinds.md").read_text("utf-8")
        assert f" {path}\n{(MOLECULES / path).read_text('utf-8')}```\n" in text

    def test_is_named_nowhere_in_lavdlike(self) -> None:
        sources = [path for path in (ROOT / "lavdlike").rglob("*.py") if "static" not in path.parts]
        assert sources
        # The name of the package, and of the kind as one; wandb has molecules, too.
        named = re.compile(r"lavdlike_molecules|['\"]molecules['\"]")
        assert not [path for path in sources if named.search(path.read_text("utf-8"))]
