"""Headers and limits are those that docs/security.md says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lavdlike import json_file, messages
from lavdlike.disk import tail
from lavdlike.edits import rules
from lavdlike.kinds import figures, html, kind, meshes, tables
from lavdlike.reading import log_pages
from lavdlike.server.host import connections, logging_setup
from lavdlike.server.live import edits, feed, limits
from lavdlike.server.sandbox import markdown_pages, picture_program, pool, projection_program, projections
from lavdlike.server.web import access, credentials, responses, sign_in, wrong_tries
from lavdlike.server.web.routes import edit_routes

PROJECT = Path(__file__).resolve().parents[3]
DOCUMENT = (PROJECT / "docs" / "security.md").read_text("utf-8")
MIB = 2**20
_LIMITS = {
    "head of a request": [
        f"{connections.MAX_HEAD_BYTES // 1024} KiB",
        f"{connections.HEAD_TIMEOUT_S:g} s",
    ],
    "body of a request": [
        f"{responses.MAX_BODY_BYTES // MIB} MiB",
        f"{sign_in.MAX_BODY_BYTES // 1024} KiB to sign in",
        f"{responses.MAX_NOTES_BODY_BYTES // MIB} MiB for edits and notes",
        f"{responses.BODY_TIMEOUT_S:g} s",
    ],
    "edits": [
        f"{edit_routes.EDITS_PER_S} a second of one sign-in",
        f"{rules.MAX_TARGETS:,} experiments in one",
        f"{edits.EDIT_S:g} s",
    ],
    "what stands behind a body (trailers)": [f"{connections.MAX_HEAD_BYTES // 1024} KiB"],
    "requests that wait for another on their connection": [f"{connections.MAX_PIPELINED}"],
    "message from a browser": [f"{connections.MAX_MESSAGE_BYTES // 1024} KiB"],
    "streams": [f"{access.MAX_STREAMS:,} in all", f"{access.MAX_STREAMS_PER_SESSION} of one cookie session"],
    "changes that wait for one browser": [f"{feed.MAX_MESSAGES} messages", f"{feed.MAX_BYTES // MIB} MiB"],
    "browsers that poll": [
        f"{limits.DEFAULTS.max_pollers}",
        f"{messages.MAX_CLIENT_CHARACTERS} characters",
    ],
    "connections": [f"{connections.MAX_CONNECTIONS:,}", f"{connections._DESCRIPTORS_FREE} at least"],
    "ping": [f"every {connections.PING_S:g} s, answered within {connections.PING_S:g} s"],
    "a browser that does not read what is sent": [
        f"{connections.STALLED_WRITE_TIMEOUT_S:g} s",
        f"{connections.CLOSING_TIMEOUT_S:g} s for what is left",
        f"within {2 * connections.PING_S + connections.CLOSING_TIMEOUT_S + 1:g} s",
    ],
    "an idle connection": [f"{connections.KEEP_ALIVE_S} s"],
    "stop": [f"{connections.STOP_S:g} s"],
    "a picture that is decoded (thumbnails, formats that browsers lack)": [
        f"{picture_program.MAX_FILE_BYTES // MIB} MiB",
        f"{picture_program.MAX_PIXELS // 10**6} megapixels",
        f"{pool.Limits().time_s:g} s",
        f"{pool.Limits().memory_bytes // MIB} MiB",
    ],
    "Markdown that is rendered": [
        f"{markdown_pages.MAX_BYTES // MIB} MiB",
        f"{markdown_pages.LIMITS.time_s:g} s",
        f"{markdown_pages.LIMITS.memory_bytes // MIB} MiB",
    ],
    "a plot, as every JSON file": [
        f"{json_file.MAX_BYTES // MIB} MiB",
        f"{json_file.MAX_DEPTH} levels",
        f"{json_file.MAX_KEYS:,} keys",
    ],
    "a text, an HTML page": [f"{limit // MIB} MiB" for limit in (kind.MAX_FILE_BYTES, html.MAX_BYTES)],
    "a drawing (SVG)": [f"{figures.MAX_BYTES // MIB} MiB"],
    "a table": [
        f"{tables.MAX_BYTES // MIB} MiB",
        f"{tables.MAX_COLUMNS:,} columns",
        f"{tables.MAX_CELLS:,} cells",
    ],
    "a mesh, the vectors of an embedding": [
        f"{limit // MIB} MiB" for limit in (meshes.MAX_BYTES, projections.MAX_FILE_BYTES)
    ],
    "t-SNE and UMAP": [
        f"{projection_program.MAX_ROWS:,} vectors",
        f"{projections.Limits().time_s // 60} minutes",
        f"{projections.Limits().memory_bytes // 2**30} GiB",
    ],
    "a page of a log": [f"{log_pages.MAX_LINES:,} lines"],
    "a line of a scalars file": [f"{tail.MAX_LINE_BYTES // MIB} MiB"],
    "lines of one sort in the log": [f"{logging_setup.LINES_PER_MINUTE} a minute"],
}


def section(title: str) -> str:
    return DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_headers_are_those_of_the_document() -> None:
    base, page, tree, scripts, frame = re.findall(r"(?:^    .+\n)+", section("Headers"), re.MULTILINE)
    assert dict(line.strip().split(": ", 1) for line in base.splitlines()) == dict(responses.BASE_HEADERS)
    for shown, headers in (
        (page, responses.PAGE_HEADERS),
        (tree, responses.TREE_FILE_HEADERS),
        (scripts, responses.SCRIPT_FRAME_HEADERS),
        (frame, responses.FRAME_HEADERS),
    ):
        assert shown.strip() == headers["Content-Security-Policy"]
    assert responses.PAGE_HEADERS.keys() == {"Content-Security-Policy"}
    assert responses.TREE_FILE_HEADERS["X-Frame-Options"] == "SAMEORIGIN"
    for headers in (responses.FRAME_HEADERS, responses.SCRIPT_FRAME_HEADERS):
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("what", _LIMITS)
def test_limits_are_those_of_the_document(what: str) -> None:
    (limit,) = re.findall(rf"^\| {re.escape(what)} \| (.+?) \|", section("Limits"), re.MULTILINE)
    assert [part for part in _LIMITS[what] if part not in limit] == []


def test_other_numbers_are_those_of_the_document() -> None:
    signing_in = section("Signing in")
    assert f"{credentials.SIGN_IN_DAYS} days" in signing_in
    assert f"{wrong_tries.TRIES_EACH} in a minute from one address" in signing_in
    assert f"or {wrong_tries.TRIES_OVERALL} from all" in signing_in
    assert len(credentials.new_token()) * 6 == 192
    assert "192 random bits" in signing_in
    assert f"longer than {logging_setup.MAX_CHARACTERS:,} characters" in section("The server's log")


def test_the_tests_that_the_document_names_are_there() -> None:
    named = set(re.findall(r"test_\w+\.py", section("Tests")))
    assert named
    assert named - {path.name for path in (PROJECT / "tests").rglob("test_*.py")} == set()
