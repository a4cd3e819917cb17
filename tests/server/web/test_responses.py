"""Headers and limits are those that docs/security.md says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lavdlike.kinds import figures, html, json_file, kind, meshes, tables
from lavdlike.server import (
    access,
    answers,
    children,
    connections,
    credentials,
    feed,
    journal,
    live,
    logs,
    markdown,
    picture_child,
    projection_child,
    projections,
    sign_in,
    tail,
)

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "security.md").read_text("utf-8")
MIB = 2**20
_LIMITS = {
    "head of a request": [
        f"{connections.MAX_HEAD_BYTES // 1024} KiB",
        f"{connections.HEAD_TIMEOUT_S:g} s",
    ],
    "body of a request": [
        f"{answers.MAX_BODY_BYTES // MIB} MiB",
        f"{sign_in.MAX_BODY_BYTES // 1024} KiB to sign in",
        f"{answers.BODY_TIMEOUT_S:g} s",
    ],
    "what stands behind a body (trailers)": [f"{connections.MAX_HEAD_BYTES // 1024} KiB"],
    "requests that wait for another on their connection": [f"{connections.MAX_PIPELINED}"],
    "message from a browser": [f"{connections.MAX_MESSAGE_BYTES // 1024} KiB"],
    "streams": [f"{access.MAX_STREAMS:,} in all", f"{access.MAX_STREAMS_PER_SESSION} of one cookie session"],
    "changes that wait for one browser": [f"{feed.MAX_MESSAGES} messages", f"{feed.MAX_BYTES // MIB} MiB"],
    "browsers that poll": [f"{live._MAX_POLLERS}"],
    "connections": [f"{connections.MAX_CONNECTIONS:,}"],
    "ping": [f"every {connections.PING_S:g} s, answered within {connections.PING_S:g} s"],
    "a browser that does not read what is sent": [f"{connections.STALLED_WRITE_TIMEOUT_S:g} s"],
    "an idle connection": [f"{connections.KEEP_ALIVE_S} s"],
    "stop": [f"{connections.STOP_S:g} s"],
    "a picture that is decoded (thumbnails, formats that browsers lack)": [
        f"{picture_child.MAX_FILE_BYTES // MIB} MiB",
        f"{picture_child.MAX_PIXELS // 10**6} megapixels",
        f"{children.Limits().time_s:g} s",
        f"{children.Limits().memory_bytes // MIB} MiB",
    ],
    "Markdown that is rendered": [
        f"{markdown.MAX_BYTES // MIB} MiB",
        f"{markdown.LIMITS.time_s:g} s",
        f"{markdown.LIMITS.memory_bytes // MIB} MiB",
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
        f"{projection_child.MAX_ROWS:,} vectors",
        f"{projections.Limits().time_s // 60} minutes",
        f"{projections.Limits().memory_bytes // 2**30} GiB",
    ],
    "a page of a log": [f"{logs.MAX_LINES:,} lines"],
    "a line of a scalars file": [f"{tail.MAX_LINE_BYTES // MIB} MiB"],
    "lines of one sort in the log": [f"{journal.LINES_PER_MINUTE} a minute"],
}


def section(title: str) -> str:
    return DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_headers_are_those_of_the_document() -> None:
    base, page, tree, scripts, frame = re.findall(r"(?:^    .+\n)+", section("Headers"), re.MULTILINE)
    assert dict(line.strip().split(": ", 1) for line in base.splitlines()) == dict(answers.BASE_HEADERS)
    for shown, headers in (
        (page, answers.PAGE_HEADERS),
        (tree, answers.TREE_FILE_HEADERS),
        (scripts, answers.SCRIPT_FRAME_HEADERS),
        (frame, answers.FRAME_HEADERS),
    ):
        assert shown.strip() == headers["Content-Security-Policy"]
    assert answers.PAGE_HEADERS.keys() == {"Content-Security-Policy"}
    assert answers.TREE_FILE_HEADERS["X-Frame-Options"] == "SAMEORIGIN"
    for headers in (answers.FRAME_HEADERS, answers.SCRIPT_FRAME_HEADERS):
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("what", _LIMITS)
def test_limits_are_those_of_the_document(what: str) -> None:
    (limit,) = re.findall(rf"^\| {re.escape(what)} \| (.+?) \|", section("Limits"), re.MULTILINE)
    assert [part for part in _LIMITS[what] if part not in limit] == []


def test_other_numbers_are_those_of_the_document() -> None:
    signing_in = section("Signing in")
    assert f"{credentials.SIGN_IN_DAYS} days" in signing_in
    assert f"{access.WRONG_TOKENS_PER_ADDRESS} in a minute from one address" in signing_in
    assert f"or {access.WRONG_TOKENS_OVERALL} from all" in signing_in
    assert len(credentials.new_token()) * 6 == 192
    assert "192 random bits" in signing_in
