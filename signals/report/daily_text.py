"""The daily report as Markdown: what a mail program without HTML, or a terminal, shows."""

from __future__ import annotations

import re
from itertools import chain

from signals.report import spelling
from signals.report.daily import CLOSED_SHOWN, DailyData, SymbolRow
from signals.report.html import Section

_MOST_NAMES = 5  # in the subject of a mail
_COVERED = (
    "Sentiment is over the stories known before the session's close; those known later are pending "
    "and count in the next report."
)
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")


def subject_line(data: DailyData) -> str:
    """Say in a line what the report says first: what is flagged, and whether it is doubtful."""
    flagged = [row.symbol for row in data.symbols if row.flagged]
    more = f" and {len(flagged) - _MOST_NAMES} more" if len(flagged) > _MOST_NAMES else ""
    found = "nothing flagged"
    if flagged:
        found = f"flagged: {', '.join(flagged[:_MOST_NAMES])}{more}"
    elif all(row.effect is None for row in data.symbols):
        found = "no move measured"
    return f"{data.title}: {'doubtful, ' if data.alarms else ''}{found}"


def daily_markdown(data: DailyData) -> str:
    """Write the report as Markdown; foreign text can't make markup of its own."""
    lines = [
        *(f"# {_plain(data.title)}", "", _plain(data.kicker), ""),
        *(f"**{_plain(alarm)}**\n" for alarm in data.alarms),
        *_changes(data),
        *("", *map(_plain, data.summary), ""),
        *_watch_list(data),
        *("", *_stories(data), *_study(data)),
        *_health(data),
        *("", "## How it was computed", "", *(f"- {_plain(one)}" for one in data.method)),
        *("", f"{data.generator}. Measurements of the past; no advice of any kind."),
    ]
    return "\n".join(lines) + "\n"


def _changes(data: DailyData) -> list[str]:
    since = f"the report on {data.since}" if data.since else "the last report"
    lines = [f"## What changed since {since}", ""]
    lines += [f"- {_plain(change)}" for change in data.changes]
    lines += [
        f"- {_plain(row.symbol)}, {row.session}: window {spelling.window(row.window)} has closed "
        f"at {spelling.percent(row.effect)} ({spelling.interval(row.ci_low, row.ci_high)}, "
        f"{spelling.p_equals(row.p_value)}, M = {row.n_obs}); the news said "
        f"{spelling.signed(row.score)}"
        for row in data.closed[:CLOSED_SHOWN]
    ]
    if more := len(data.closed[CLOSED_SHOWN:]):
        lines.append(f"- {more} more window{' has' if more == 1 else 's have'} closed")
    return lines


def _watch_list(data: DailyData) -> list[str]:
    lines = ["## The watch list", ""]
    loud = [_row(row) for row in data.symbols if not row.quiet]
    if loud:
        names = (
            "Symbol | Stories + echoes | Sentiment | Move | Abnormal | 95 % interval | p | "
            "Placebo p | M | Flags"
        )
        lines += [f"| {names} |", f"|---|{'---:|' * 8}---|", *loud, ""]
    if loud:
        lines += [_COVERED, ""]
    quiet = [row.symbol for row in data.symbols if row.quiet]
    if quiet:
        lines.append(f"Without a story or a flag: {', '.join(quiet)}.")
    return lines


def _health(data: DailyData) -> list[str]:
    """Say what the report rests on, and what became of the news step by step."""
    return [
        *("## Data health", ""),
        *(f"- {_plain(one.what)}: {one.state}. {_plain(one.text)}".rstrip() for one in data.health),
        "",
        "| Step | In | Out | Lost | Pending | Aside | Reasons |",
        "|---|---:|---:|---:|---:|---:|---|",
        *(
            f"| {step.name} ({step.unit}) | {step.entered} | {step.left} | {step.lost} | "
            f"{step.pending} | {step.aside} | {_plain('; '.join(step.reasons))} |"
            for step in data.funnel
        ),
    ]


def _row(row: SymbolRow) -> str:
    count, said = str(row.stories or spelling.MISSING), spelling.signed(row.score)
    if row.echoes:
        count += f" +{row.echoes}"
    if row.pending:
        count += f", {row.pending} pending"
        said += f", {spelling.signed(row.pending_score)} pending"
    cells = (
        row.symbol,
        count,
        said,
        spelling.percent(row.move),
        spelling.percent(row.effect),
        spelling.interval(row.ci_low, row.ci_high),
        spelling.p_value(row.p_value),
        spelling.p_value(row.placebo_p),
        spelling.MISSING if row.n_obs is None else str(row.n_obs),
        _plain(", ".join(row.flags)),
    )
    return f"| {' | '.join(cells)} |"


def _stories(data: DailyData) -> list[str]:
    lines: list[str] = []
    for symbol in data.stories:
        lines += [f"## {symbol.symbol} {_plain(symbol.name)}".rstrip(), ""]
        for story in symbol.stories:
            note = f"; {story.remark}" if story.remark else ""
            if story.first is not None:
                note = f" over all tellings, {spelling.signed(story.first)} in this one{note}"
            lines.append(
                f"- {_plain(spelling.shorten(story.title, 160))} "
                f"({_plain(story.source or 'source not stated')}, known at {story.known}): "
                f"{spelling.signed(story.score)} {story.label}{note}"
            )
            lines += [
                f"    - {spelling.signed(one.score)} {_plain(one.text)}" for one in story.sentences
            ]
            lines += [
                f"    - told again: {_plain(spelling.shorten(one.title, 160))} "
                f"({_plain(one.source or 'source not stated')}, {spelling.signed(one.score)})"
                for one in story.echoes
            ]
            lines += [f"    - told again {story.more_echoes} more times"] * bool(story.more_echoes)
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
            f"{spelling.p_equals(row.p_value)}, {row.test}, "
            f"{row.n} event{'' if row.n == 1 else 's'}"
            for row in data.together.windows
            if row.effect is not None
        ]
        lines.append("")
    return [*lines, *map(_plain, data.study_words), "", *chain(*map(_section, data.sections))]


def _section(section: Section) -> list[str]:
    lines = [f"### {section.title}", "", *map(_plain, section.words), ""]
    for table in section.tables:
        head, *rows = (" | ".join(map(_plain, row)) for row in (table.columns, *table.rows))
        lines += [_plain(table.caption), "", f"| {head} |", f"|{'---|' * len(table.columns)}"]
        lines += [*(f"| {row} |" for row in rows), ""]
    return lines


def _plain(text: str) -> str:
    """Put foreign text on one line, its marks escaped."""
    return _MARKS.sub(r"\\\1", " ".join(spelling.printable(text).split()))
