"""Who has had the mail of which report: each recipient once, later where it was refused at first.

A later edition of a report is mailed again only where it is whole and the one that a recipient
holds was not, or where it flags other symbols; its subject then says so.

A mail waits from when its report is noted. It is begun before it is handed over, and what was
begun and not ended is never repeated. One that waits, or was refused, is sent by the next run,
whatever its session, for as long as its report is among the newest.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from signals.errors import ConfigError
from signals.exits import DONE
from signals.report import spelling

if TYPE_CHECKING:
    from signals.batch.config import Config, Delivery
    from signals.batch.records import Run
    from signals.batch.store import Store

_LOG = logging.getLogger(__name__)
_TRIED_AGAIN = 5  # of the newest reports later runs send what they couldn't
_UNSENT = ("waiting", "refused")
_REPLACES = "In place of the earlier mail: "


class Said(NamedTuple):
    """What a reader should know of a run's last steps, and whether each of them was done."""

    words: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Letter:
    """The mail of a report, to those who are still to have it; what is put before its subject."""

    run: Run
    to: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a letter: who has it, who was refused and why, what else is to be said."""

    letter: _Letter
    sent: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    reached: bool = True  # whether the server was ready for it
    said: str = ""


def expect(config: Config, store: Store, run: Run) -> None:
    """Note who is to have the report of a run, before it is one: a later run then knows."""
    if config.delivery is not None:
        noted, held = store.deliveries(run.key), store.held_editions(run.key)
        outdated = {
            one
            for one, folder in held.items()
            if noted[one] == "sent" and _takes_the_place(run, store.run_in(folder))
        }
        due = [one for one in config.delivery.to if one not in noted or one in outdated]
        store.record_delivery(run.key, due, state="waiting")


def _takes_the_place(run: Run, earlier: Run | None) -> bool:
    """Tell whether who holds an earlier edition of a report should have this one too."""
    if earlier is None or earlier.folder == run.folder:
        return False
    completed = earlier.code != DONE and run.code == DONE
    return completed or _flagged(earlier) != _flagged(run)


def _flagged(run: Run) -> set[str]:
    symbols = json.loads(run.symbols)["symbols"]
    return {symbol for symbol, told in symbols.items() if told["flagged"]}


def deliver(config: Config, store: Store, run: Run | None, *, now: datetime) -> Said:
    """Send the report of a run to those who don't have it, and what earlier runs couldn't send.

    Parameters
    ----------
    config, store
        Who is to have mail, and who has had it.
    run
        None on a day without a report of its own.
    now
        The date of the mails.
    """
    delivery = config.delivery
    if delivery is None:
        return Said((), whole=True)
    newest = store.last_runs(_TRIED_AGAIN)
    own = None if run is None else run.key
    letters = [
        letter
        for one in newest
        if one.key != own
        for letter in _letters(store, delivery, one, _UNSENT)
    ]
    begun: list[str] = []
    holders: list[str] = []
    if run is not None:
        letters += _letters(store, delivery, run, ("", "gone", *_UNSENT))
        noted, held = store.deliveries(run.key), store.held_editions(run.key)
        begun = [one for one in delivery.to if noted.get(one) == "begun"]
        sent = [one for one in delivery.to if noted.get(one) == "sent"]
        holders = [one for one in sent if held.get(one, run.folder) != run.folder]
    fates: list[_Fate] = []
    # In the order of their sessions: who gets several reads them so.
    for letter in sorted(letters, key=lambda one: one.run.key):
        if letter.to:
            last = fates[-1] if fates else None
            fates.append(_send(config, delivery, store, letter, last=last, now=now))
    words = [f"Mail to {one} was interrupted before; it is not sent again." for one in begun]
    words += [one.said for one in fates if one.said]
    words += _refused_words(fates, run, {one.key for one in newest})
    whole = not words
    words += [_sent_words(one, run) for one in fates if one.sent]
    if holders:
        verb = "holds" if len(holders) == 1 else "hold"
        words.append(
            f"{', '.join(holders)} {verb} an earlier edition with the same flags: this one is not "
            "mailed there."
        )
    return Said(tuple(words), whole)


def _letters(store: Store, delivery: Delivery, run: Run, states: tuple[str, ...]) -> list[_Letter]:
    """Address a report to those of whom the store notes one of some states; "" is none yet.

    Those who hold an earlier edition have a letter of their own.
    """
    noted, held = store.deliveries(run.key), store.held_editions(run.key)
    due = [one for one in delivery.to if noted.get(one, "") in states]
    again = [one for one in due if one in held]
    return [
        _Letter(run, tuple(one for one in due if one not in held), ""),
        _Letter(run, tuple(one for one in again if held[one] != run.folder), _REPLACES),
    ]


def _send(
    config: Config,
    delivery: Delivery,
    store: Store,
    letter: _Letter,
    *,
    last: _Fate | None,
    now: datetime,
) -> _Fate:
    """Send a letter and note what became of it; ``last`` is the fate of the one before."""
    from signals.batch.mail import NotReadyError, UncertainError, send

    key, reached = letter.run.key, True
    try:
        content = (config.output / "runs" / letter.run.folder / "report.eml").read_bytes()
    except OSError:
        store.record_delivery(key, letter.to, state="gone")
        return _Fate(letter, said=f"The mail on {letter.run.session} is gone and can't be sent.")
    if last is not None and not last.reached:
        # No silent server is waited for twice, and no wrong password given twice.
        refused, reached = dict.fromkeys(letter.to, last.refused[0][1]), False
    else:
        store.record_delivery(key, letter.to, state="begun")
        try:
            refused = send(content, delivery, to=letter.to, now=now, note=letter.note)
        except UncertainError as error:
            _LOG.warning("%s", error)
            return _Fate(letter, said=f"{error} It is not sent again.")
        except (OSError, ConfigError) as error:
            refused = dict.fromkeys(letter.to, str(error))
            reached = not isinstance(error, NotReadyError | ConfigError)
    sent = tuple(one for one in letter.to if one not in refused)
    store.record_delivery(key, sent, state="sent", edition=letter.run.folder)
    store.record_delivery(key, list(refused), state="refused")
    return _Fate(letter, sent, tuple(refused.items()), reached)


def _refused_words(fates: list[_Fate], run: Run | None, tried_again: set[str]) -> list[str]:
    """Say whose mail was refused, and why: a sentence a reason, however many reports share it."""
    reasons: dict[tuple[str, tuple[str, ...], bool], list[Run]] = {}
    for fate in fates:
        for why in dict.fromkeys(why for _, why in fate.refused):
            names = tuple(one for one, reason in fate.refused if reason == why)
            is_tried = fate.letter.run.key in tried_again
            reasons.setdefault((why, names, is_tried), []).append(fate.letter.run)
    words = []
    for (why, names, is_tried), runs in reasons.items():
        _LOG.warning("mail to %s was refused: %s", ", ".join(names), why)
        dates = spelling.join([one.session for one in runs])
        own = run is not None and [one.key for one in runs] == [run.key]
        what = "The mail" if own else f"The mail{'s' if len(runs) > 1 else ''} on {dates}"
        verb = "were" if len(runs) > 1 else "was"
        again = "The next run tries again."
        if not is_tried:
            again = f"The next run on that session tries again: --session {runs[0].session}."
        words.append(f"{what} to {', '.join(names)} {verb} refused: {why}. {again}")
    return words


def _sent_words(fate: _Fate, run: Run | None) -> str:
    names = ", ".join(fate.sent)
    if run is not None and fate.letter.run.key == run.key:
        return f"Mailed to {names}{', in place of an earlier edition' * bool(fate.letter.note)}."
    return f"Mailed to {names}: the report on {fate.letter.run.session}, unsent until now."
