"""The report as a browser sees it: no error, no request, nothing wider than the window."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import report_samples as samples
from evaluation_samples import sample as predicting
from study_samples import TABLE, Frame, invent, moved

from signals.evaluation.evaluate import evaluate
from signals.pipeline import write_report
from signals.report.daily import DailyData, render_daily
from signals.report.evaluation_page import evaluation_report
from signals.report.figures import draw, render_svg
from signals.report.html import Fact, FigurePart, Paragraph, Piece, render
from signals.report.plots import plot_event_window, plot_prices, plot_sentiment
from signals.study.estimate import event_study

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
PATIENCE = 30.0  # seconds for one answer of a browser that has to start on a busy machine


class Page:
    """One page of a headless Chromium, driven through pipes: no port, no socket, no driver."""

    def __init__(self, to: int, came_from: int) -> None:
        self._to = to
        self._messages: queue.Queue[dict] = queue.Queue()
        self._events: list[dict] = []
        self._last = 0
        self._session: str | None = None
        self.reader = threading.Thread(target=self._read, args=(came_from,), daemon=True)
        self.reader.start()
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.ask(f"{domain}.enable")

    def _read(self, came_from: int) -> None:
        rest = b""
        while chunk := os.read(came_from, 1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            for message in whole:
                self._messages.put(json.loads(message))

    def _next(self) -> dict:
        try:
            return self._messages.get(timeout=PATIENCE)
        except queue.Empty:
            pytest.fail("Chromium gave no answer.")

    def ask(self, method: str, **params: object) -> dict:
        self._last += 1
        message: dict[str, object] = {"id": self._last, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._last:
            self._events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, path: Path, *, width: int, scheme: str = "light") -> list[dict]:
        """Load a page in a window of some width; give all that the browser had to say."""
        self._events.clear()
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", features=[scheme_feature])
        self.ask("Page.navigate", url=path.as_uri())
        while not any(one.get("method") == "Page.loadEventFired" for one in self._events):
            self._events.append(self._next())
        # One more round trip, so that whatever the page did after loading has been told.
        self.value("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        return list(self._events)

    def value(self, expression: str) -> object:
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        return answer["result"].get("value")


@contextlib.contextmanager
def chromium(program: str, folder: Path) -> Iterator[Page]:
    # Chromium reads its commands from descriptor 3 and answers on 4.
    command = 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null'
    pipe = "--remote-debugging-pipe"
    process = subprocess.Popen(
        ["/bin/sh", "-c", command, program, *FLAGS, pipe, f"--user-data-dir={folder}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    opened = None
    try:
        opened = Page(process.stdin.fileno(), process.stdout.fileno())
        yield opened
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if opened is not None:
            opened.reader.join(timeout=10)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        reason = "there is no Chromium here: on Debian, apt install chromium"
        if os.environ.get("SIGNALS_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium(program, tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    figures = tuple(
        FigurePart(render_svg(draw(plot)), "A caption.", "Words for who can't see it.")
        for plot in (
            lambda ax: plot_event_window(samples.study(), ax=ax),
            lambda ax: plot_prices(samples.study(), ax=ax),
            lambda ax: plot_sentiment(samples.scores(), text=samples.TEXT, ax=ax),
        )
    )
    long_word = "x" * 300
    hostile = samples.section(
        *figures,
        title=samples.HOSTILE,
        facts=(
            Fact("Address", f"javascript:alert(1){long_word}", url="javascript:alert(1)"),
            Fact("Source", samples.HOSTILE),
        ),
        paragraphs=(
            Paragraph(
                "body",
                boilerplate=False,
                pieces=(Piece(samples.HOSTILE), Piece(long_word, ("mention",), samples.HOSTILE)),
            ),
        ),
    )
    one = samples.section(*figures)
    folder = tmp_path_factory.mktemp("reports")
    made = {}
    for name, data in {
        "one": samples.report(one),
        "several": samples.report(one, samples.section(*figures), hostile),
        "hostile": samples.report(hostile, title=samples.HOSTILE),
    }.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(render(data), encoding="utf-8")
    study = event_study(TABLE, Frame(moved(invent(list("ABC")))), market="SPY")
    made["study"] = write_report(study, folder / "study.html")
    events, prices = predicting(strength=0.1, names=15, sessions=130)
    events["sector"] = np.where(events["symbol"] < "N10", "Semiconductors", "Biotechnology")
    made["evaluation"] = folder / "evaluation.html"
    sheet = evaluation_report(evaluate(events, prices), generator="signals")
    made["evaluation"].write_text(sheet, encoding="utf-8")
    for name, data in {"daily": samples.daily(), "morning": _morning()}.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(render_daily(data), encoding="utf-8")
    return made


def _morning() -> DailyData:
    """A watch list whose every column holds the widest that it may."""
    names = ("Boeing", "Caterpillar", "Taiwan Semiconductor Manufacturing", "Deutsche Telekom")
    flags = ("abnormal move", "market's prices in doubt", "session 2026-11-24", "confounding date")
    rows = tuple(
        samples.symbol_row(
            symbol=symbol,
            name=name,
            stories=12,
            echoes=110,
            score=-0.97,
            move=-0.0995,
            effect=-0.1289,
            ci_low=-0.1525,
            ci_high=-0.1053,
            pending=12,
            pending_score=-0.92,
            p_value=0.0001,
            flags=flags[:place],
        )
        for place, (symbol, name) in enumerate(
            zip(("BA", "CAT", "TSM", "VOLV-B.ST"), names, strict=True), start=1
        )
    )
    return replace(samples.daily(0), symbols=rows)


def complaints(events: list[dict]) -> list[dict]:
    """Everything that a console would show, and every dialog or issue."""
    names = {
        "Log.entryAdded",
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
        "Page.javascriptDialogOpening",
        "Audits.issueAdded",
    }
    return [one for one in events if one.get("method") in names]


def requests(events: list[dict]) -> list[str]:
    return [
        one["params"]["request"]["url"]
        for one in events
        if one.get("method") == "Network.requestWillBeSent"
    ]


NAMES = ("one", "several", "hostile", "study", "evaluation", "daily", "morning")
WIDTHS = (320, 390, 600, 704, 720, 800, 900, 991, 992, 1280, 1600)
BROKEN_WORDS = r"""
[...document.querySelectorAll('main :is(td, th)')].filter(one => one.checkVisibility()).flatMap(
  cell => {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
    while (walk.nextNode())
      for (const word of walk.currentNode.data.matchAll(/[\p{L}\p{N}.]+/gu)) {
        const range = document.createRange();
        range.setStart(walk.currentNode, word.index);
        range.setEnd(walk.currentNode, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        if (lines.size > 1 && word[0].length < 20) broken.push(word[0]);
      }
    return broken;
  })
"""


@pytest.mark.parametrize("name", ["study", "evaluation", "morning"])
def test_words_in_tables_are_broken_at_blanks_at_any_width(page, reports, name):
    for width in WIDTHS:
        page.open(reports[name], width=width)
        assert (width, page.value(BROKEN_WORDS)) == (width, [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_opens_quietly_asks_nobody_and_fits_its_window(page, reports, name, width):
    events = page.open(reports[name], width=width)
    assert complaints(events) == []
    asked = [url for url in requests(events) if not url.startswith("data:")]
    assert asked == [reports[name].as_uri()]
    assert page.value("innerWidth") == width
    assert page.value("document.documentElement.scrollWidth") <= width
    # Nothing reaches past the edge unseen, either.
    wide = page.value(
        "[...document.querySelectorAll('main *')].filter(one => !one.closest('svg') &&"
        " one.getBoundingClientRect().right > innerWidth + 1).map(one => one.tagName)"
    )
    assert wide == []


def test_a_hostile_article_makes_no_element_and_no_link(page, reports):
    page.open(reports["hostile"], width=1280)
    assert page.value("document.querySelectorAll('script, img, iframe').length") == 0
    links = page.value("[...document.links].map(link => link.href)")
    assert links == []
    assert page.value("document.querySelector('h1').textContent").startswith(
        "<script>alert(1)</script> $MSFT vs $SFTBY gnp"
    )


@pytest.mark.parametrize("name", ["one", "study"])
def test_letters_of_figures_are_readable_on_a_phone(page, reports, name):
    page.open(reports[name], width=400)
    heights = page.value(
        "[...document.querySelectorAll('figure svg text')]"
        ".map(text => parseFloat(getComputedStyle(text).fontSize)"
        " * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b))"
    )
    assert min(heights) >= 9


def test_a_dark_screen_turns_paper_and_figures_dark(page, reports):
    def luminance(selector: str, what: str) -> int:
        return page.value(
            f"getComputedStyle(document.querySelector('{selector}')).{what}"
            ".match(/[0-9.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"
        )

    seen = {}
    for scheme in ("light", "dark"):
        page.open(reports["one"], width=1280, scheme=scheme)
        seen[scheme] = luminance("body", "backgroundColor"), luminance("figure svg text", "fill")
    assert seen["light"][0] > 700
    assert seen["dark"][0] < 120
    assert seen["light"][1] < 200
    assert seen["dark"][1] > 600


def test_on_paper_nothing_stays_folded(page, reports):
    page.open(reports["daily"], width=1280)
    hidden = "[...document.querySelectorAll('details:not([open]) :is(table, p)')]"
    hidden += ".filter(one => !one.checkVisibility()).length"
    assert page.value(hidden) > 0

    page.ask("Emulation.setEmulatedMedia", media="print")
    on_paper = page.value(hidden)
    page.ask("Emulation.setEmulatedMedia", media="")

    assert on_paper == 0


def test_the_browser_would_tell_of_a_script_and_of_a_request(page, tmp_path):
    """The test itself can fail: a page with both is noticed."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<script>console.error('noticed')</script><img src='file:///nowhere.png'>"
        "<p style='width: 3000px'>wide"
    )
    events = page.open(bad, width=400)
    assert complaints(events)
    assert "file:///nowhere.png" in requests(events)
    assert page.value("document.documentElement.scrollWidth") > 400
