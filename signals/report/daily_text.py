"""The daily report as Markdown: what a mail program without HTML, or a terminal, shows."""

from __future__ import annotations

import re

from signals.report import spelling
from signals.report.daily import DailyData, SymbolRow

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")


def daily_markdown(data: DailyData) -> str:
    """Write the report as Markdown; foreign text can't make markup of its own."""
    lines = [f"# {_plain(data.title)}", "", _plain(data.kicker), ""]
    lines += [f"**{_plain(alarm)}**\n" for alarm in data.alarms]
    since = f"the report on {data.since}" if data.since else "the last report"
    lines += [f"## What changed since {since}", ""]
    lines += [f"- {_plain(change)}" for change in data.changes]
    lines += [
        f"- {_plain(row.subject)}: window {spelling.window(row.window)} has closed at "
        f"{spelling.percent(row.effect)} ({spelling.interval(row.ci_low, row.ci_high)}, "
        f"{spelling.p_equals(row.p_value)})"
        for row in data.closed
    ]
    lines += ["", *map(_plain, data.summary), "", "## The watch list", ""]
    lines += [
        "| Symbol | Stories + echoes | Sentiment | Move | Abnormal | 95 % interval | p | Flags |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
        *(_row(row) for row in data.symbols if not row.quiet),
    ]
    quiet = [row.symbol for row in data.symbols if row.quiet]
    if quiet:
        lines += ["", f"Without a story or a flag: {', '.join(quiet)}."]
    lines += ["", *_stories(data), *_study(data), "## Data health", ""]
    lines += [
        f"- {_plain(one.what)}: {one.state}. {_plain(one.text)}".rstrip() for one in data.health
    ]
    lines += [
        "",
        "| Step | In | Out | Lost | Pending | Aside | Reasons |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {step.name} ({step.unit}) | {step.entered} | {step.left} | {step.lost} | "
        f"{step.pending} | {step.aside} | {_plain('; '.join(step.reasons))} |"
        for step in data.funnel
    ]
    lines += ["", "## How it was computed", "", *(f"- {_plain(one)}" for one in data.method)]
    lines += ["", f"{data.generator}. Measurements of the past; no advice of any kind."]
    return "\n".join(lines) + "\n"


def _row(row: SymbolRow) -> str:
    cells = (
        row.symbol,
        f"{row.stories or spelling.MISSING}{f' +{row.echoes}' if row.echoes else ''}",
        spelling.signed(row.score),
        spelling.percent(row.move),
        spelling.percent(row.effect),
        spelling.interval(row.ci_low, row.ci_high),
        spelling.p_value(row.p_value),
        _plain(", ".join(row.flags)),
    )
    return f"| {' | '.join(cells)} |"


def _stories(data: DailyData) -> list[str]:
    lines: list[str] = []
    for symbol in data.stories:
        lines += [f"## {symbol.symbol} {_plain(symbol.name)}".rstrip(), ""]
        for story in symbol.stories:
            note = f"; told again: {story.echoes}" if story.echoes else ""
            note += f"; {story.remark}" if story.remark else ""
            lines.append(
                f"- {_plain(spelling.shorten(story.title, 160))} "
                f"({_plain(story.source or 'source not stated')}, known at {story.known}): "
                f"{spelling.signed(story.score)} {story.label}{note}"
            )
            lines += [
                f"    - {spelling.signed(one.score)} {_plain(one.text)}" for one in story.sentences
            ]
        lines += [f"- {symbol.more} more in stories.csv"] if symbol.more else []
        lines.append("")
    return lines


def _study(data: DailyData) -> list[str]:
    lines = ["## The event study", ""]
    if data.together is not None:
        lines += [_plain(data.together.plainly), ""]
        lines += [
            f"- {_plain(row.subject or 'All events')}, window {spelling.window(row.window)}: "
            f"{spelling.percent(row.effect)} ({spelling.interval(row.ci_low, row.ci_high)}), "
            f"{spelling.p_equals(row.p_value)}, {row.test}, {row.n} events"
            for row in data.together.windows
            if row.effect is not None
        ]
        lines.append("")
    return [*lines, *map(_plain, data.study_words), ""]


def _plain(text: str) -> str:
    """Put foreign text on one line, its marks escaped."""
    return _MARKS.sub(r"\\\1", " ".join(spelling.printable(text).split()))
