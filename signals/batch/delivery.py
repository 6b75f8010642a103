"""Who has had the mail of which report: each recipient once, later where it was refused at first.

A mail waits from when its report is noted. It is begun before it is handed over, and what was
begun and not ended is never repeated. One that waits, or was refused, is sent by the next run,
whatever its session, for as long as its report is among the newest.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from signals.errors import ConfigError
from signals.report import spelling

if TYPE_CHECKING:
    from signals.batch.config import Config, Delivery
    from signals.batch.records import Run
    from signals.batch.store import Store

_LOG = logging.getLogger(__name__)
_TRIED_AGAIN = 5  # of the newest reports later runs send what they couldn't
_UNSENT = ("waiting", "refused")


class Said(NamedTuple):
    """What a reader should know of a run's last steps, and whether each of them was done."""

    words: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Letter:
    """The mail of a report, to those who are still to have it."""

    run: Run
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a letter: who has it, who was refused and why, what else is to be said."""

    letter: _Letter
    sent: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    reached: bool = True  # whether the server was ready for it
    said: str = ""


def expect(config: Config, store: Store, key: str) -> None:
    """Note who is to have the report of a key, before it is one: a later run then knows."""
    if config.delivery is not None:
        noted = store.deliveries(key)
        new = [one for one in config.delivery.to if one not in noted]
        store.record_delivery(key, new, state="waiting")


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
    newest = _newest(store)
    letters = [_letter(store, delivery, one, _UNSENT) for one in newest]
    begun: tuple[str, ...] = ()
    if run is not None:
        begun = _letter(store, delivery, run, ("begun",)).to
        letters = [one for one in letters if one.run.key != run.key]
        letters.append(_letter(store, delivery, run, ("", "gone", *_UNSENT)))
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
    return Said(tuple(words), whole)


def _newest(store: Store) -> list[Run]:
    """Give the last runs of the newest reports."""
    runs: list[Run] = []
    run = store.last_run()
    while run is not None and len(runs) < _TRIED_AGAIN:
        runs.append(run)
        run = store.last_run(before=run.key)
    return runs


def _letter(store: Store, delivery: Delivery, run: Run, states: tuple[str, ...]) -> _Letter:
    """Address a report to those of whom the store notes one of some states; "" is none yet."""
    noted = store.deliveries(run.key)
    return _Letter(run, tuple(one for one in delivery.to if noted.get(one, "") in states))


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
            refused = send(content, delivery, to=letter.to, now=now)
        except UncertainError as error:
            _LOG.warning("%s", error)
            return _Fate(letter, said=f"{error} It is not sent again.")
        except (OSError, ConfigError) as error:
            refused = dict.fromkeys(letter.to, str(error))
            reached = not isinstance(error, NotReadyError | ConfigError)
    sent = tuple(one for one in letter.to if one not in refused)
    store.record_delivery(key, sent, state="sent")
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
        return f"Mailed to {names}."
    return f"Mailed to {names}: the report on {fate.letter.run.session}, unsent until now."
