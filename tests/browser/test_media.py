"""The pages of figures, HTML, audio and videos in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from lavdlike.kinds import audio, videos
from tests.browser.pages import show_page, write
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} 10"><script>parent.ran = 1</script></svg>'
_HTML = "<p id=p>{0}</p><script>document.body.append('it ran')</script><img src=//example.invalid/x.png>"


def log(root: Path, path: str, content: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)


@pytest.mark.expect_browser_errors("Refused to", "violates the following", "Blocked script", "blocked")
def test_figures_and_pages_are_shown_live_and_run_nothing(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/0001/dot.svg", _SVG.format(20))
    write(root, f"{experiment}/0001/broken.svg", "<svg")
    write(root, f"{experiment}/0001/none.svg", "no drawing")
    sent: list[str] = []
    page.on(
        "requestfailed",
        lambda request: sent.append(request.url) if "csp" not in (request.failure or "").lower() else None,
    )
    show_page(page, "figures", experiment)
    picture = page.get_by_role("img", name="Figure dot")
    expect(picture).to_have_js_property("complete", value=True)
    ratio = "(image) => Math.round(image.naturalWidth / image.naturalHeight)"
    wait_until(lambda: picture.evaluate(ratio) == 2)
    expect(page.get_by_role("alert").filter(has_text="cannot draw this SVG")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="not SVG")).to_be_visible()
    write(root, f"{experiment}/0002/dot.svg", _SVG.format(40))
    wait_until(lambda: picture.evaluate(ratio) == 4)
    assert page.evaluate("window.ran") is None

    write(root, f"{experiment}/0001/report.html", _HTML.format("first"))
    show_page(page, "html", experiment)
    frame = page.frame_locator("iframe[title='Page report'][sandbox=''][referrerpolicy=no-referrer]")
    expect(frame.locator("body")).to_have_text("first")
    write(root, f"{experiment}/0002/report.html", _HTML.format("second"))
    expect(frame.locator("body")).to_have_text("second")
    page.get_by_role("button", name="Large view").click()
    large = page.get_by_role("dialog").frame_locator("iframe")
    expect(large.locator("body")).to_have_text("second")
    assert [
        url for url in sent if "invalid" in url
    ] == []  # such a name is never found: what was asked for failed


# What a page of the tree might try; where each ends is written into it.
_GREEDY = """drawn<script>
  const tell = (what) => document.body.append(` ${what};`);
  const attempt = (name, action) => { try { tell(`${name} ${action()}`); } catch { tell(`${name} refused`); } };
  attempt("page", () => parent.document.title);
  attempt("cookie", () => document.cookie);
  attempt("storage", () => localStorage.length);
  attempt("origin", () => window.origin);
  attempt("key", () => location.href.includes("key="));
  attempt("top", () => { top.location = "about:blank"; return "asked"; });
  fetch("../api/root").then(() => tell("api read"), () => tell("api refused")).then(() => tell("end"));
</script>"""


def test_scripts_of_pages_run_where_allowed_and_reach_nothing(
    browser: Browser, tmp_path: Path, start_server: Callable[..., Running]
) -> None:
    write(tmp_path, "exp/0001/greedy.html", _GREEDY)
    server = start_server(tmp_path, "--allow-html-scripts")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.link)
        expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
        page.goto(server.link.partition("#")[0] + "#/html")
        body = page.frame_locator("iframe[title='Page greedy']").locator("body")
        expect(body).to_contain_text("end;")
        assert body.inner_text().split("; ") == [
            "drawn page refused",
            "cookie refused",
            "storage refused",
            "origin null",
            "key false",
            "top refused",
            "api refused",
            "end;",
        ]
        expect(page.get_by_role("heading", level=1, name="HTML")).to_be_visible()
        write(tmp_path, "exp/0002/greedy.html", "<script>document.write('written by it')</script>")
        expect(body).to_have_text("written by it")


@pytest.mark.expect_browser_errors("Failed to load", "EncodingError", "416")
def test_sounds_are_drawn_played_and_live(page: Page, root: Path, experiment: str) -> None:
    tone = np.sin(np.arange(8000) * 0.3)
    log(root, f"{experiment}/0001/tone.wav", audio.encode(tone, 8000))
    log(root, f"{experiment}/0001/broken.mp3", b"ID3" + bytes(100))
    show_page(page, "audio", experiment)
    sound = page.get_by_label("Sound tone")
    wait_until(lambda: sound.evaluate("(sound) => sound.duration") == 1)
    waveform = page.get_by_role("button", name="Waveform of tone")
    painted = """(button) => {
        const canvas = button.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0);
    }"""
    wait_until(lambda: bool(waveform.evaluate(painted)))
    waveform.click()
    wait_until(lambda: 0.4 < sound.evaluate("(sound) => sound.currentTime") < 0.6)
    expect(page.get_by_text("The browser cannot decode this file")).to_be_visible()
    log(root, f"{experiment}/0002/tone.wav", audio.encode(np.tile(tone, 2), 8000))
    wait_until(lambda: sound.evaluate("(sound) => sound.duration") == 2)
    page.get_by_role("button", name="Previous step").click()
    wait_until(lambda: sound.evaluate("(sound) => sound.duration") == 1)


def test_one_sound_goes_on_where_another_was(page: Page, root: Path, experiment: str) -> None:
    for name in ("before", "after"):
        # So long that none comes to its end while the other is looked at.
        log(root, f"{experiment}/{name}.wav", audio.encode(np.zeros(8000 * 100), 8000))
    show_page(page, "audio", experiment)
    page.get_by_role("switch", name="Keep the position").check()
    before, after = (page.get_by_label(f"Sound {name}") for name in ("before", "after"))
    for sound in (before, after):
        expect(sound).to_have_js_property("duration", 100)
    before.evaluate("(sound) => { sound.currentTime = 5; }")
    for sound in (before, after):
        assert sound.evaluate("async (sound) => { await sound.play(); return sound.currentTime; }") >= 5
    expect(before).to_have_js_property("paused", True)
    page.reload()
    expect(page.get_by_role("switch", name="Keep the position")).to_be_checked()


@pytest.mark.expect_browser_errors("Failed to load", "416")
def test_videos_step_by_frames_at_the_chosen_speed_and_are_live(
    page: Page, root: Path, experiment: str
) -> None:
    frames = np.zeros((10, 32, 32, 3), np.uint8)
    clip = root / experiment / "0001" / "clip.mp4"
    clip.parent.mkdir(parents=True)
    videos.save(frames, clip, 25)
    log(root, f"{experiment}/0001/broken.webm", b"no video")
    answers: list[tuple[str | None, int]] = []
    page.on(
        "response",
        lambda answer: (
            answers.append((answer.request.headers.get("range"), answer.status))
            if "clip.mp4" in answer.url
            else None
        ),
    )
    show_page(page, "videos", experiment)
    video = page.get_by_label("Video clip")
    wait_until(lambda: video.evaluate("(video) => Math.abs(video.duration - 0.4) < 0.05"))
    page.get_by_role("button", name="One frame on").click()
    wait_until(lambda: video.evaluate("(video) => Math.abs(video.currentTime - 0.04) < 0.001"))
    page.get_by_label("Speed", exact=True).select_option("2")
    wait_until(lambda: video.evaluate("(video) => video.playbackRate") == 2)
    expect(page.get_by_role("alert").filter(has_text="not WEBM")).to_be_visible()
    assert {status for asked, status in answers if asked} == {206}
    videos.save(np.zeros((20, 32, 32, 3), np.uint8), clip, 25)
    wait_until(lambda: video.evaluate("(video) => Math.abs(video.duration - 0.8) < 0.05"))
    later = root / experiment / "0002" / "clip.mp4"
    later.parent.mkdir()
    videos.save(np.zeros((30, 32, 32, 3), np.uint8), later, 25)
    wait_until(lambda: video.evaluate("(video) => Math.abs(video.duration - 1.2) < 0.05"))
    expect(video).to_have_js_property("playbackRate", 2)
