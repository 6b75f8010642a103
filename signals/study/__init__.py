"""Events, return models and test statistics: whether prices moved abnormally.

In the order in which data flows:

- Events: ``events`` makes them of scores; ``policies`` are the rules by which they come into their
  sessions, ``clocks`` parts those known to the day from timed ones.
- In: ``settings`` reads the arguments, ``intake`` the events by their ``columns``, ``factors`` the
  factor returns; ``priced`` brings events and prices together, on the calendars of ``panel``, with
  those of ``later_symbols`` for shares that are called otherwise today; ``selection`` tells which
  count; a ``ledger`` has the reason of each that falls out, ``holes`` those of incomplete windows,
  the ``status`` table what became of everything.
- Fitted: ``models`` say what is expected, ``cuts`` are windows around events, ``fits`` is least
  squares for many events at once, ``fitting`` fits the estimation windows, ``trade_to_trade`` those
  of shares that trade thinly; a ``sample`` is events with their fits.
- Tested: one of the ``windows`` at a time, by ``inference``, ``ranks`` and ``clusters``, which give
  a ``significance``. ``estimation_stats`` is what tests read of the estimation windows,
  ``correlation`` that of events, ``cosines`` the variance of what overlaps in calendar time, by how
  an estimate is a ``weighting`` of events.
- Given: ``estimate`` goes through all of it; the ``result`` has ``effects`` of the score,
  ``robustness``, ``event_flags`` and ``confounds`` (with and without some events).
- In parts, of very many events: ``study_sums``, ``sums_for_tests`` and ``tallies`` add up,
  ``summed_study`` and ``summed_window`` make the tables of the sums.

``audit`` asks whether a study looks ahead: ``timestamps`` by the hours of the news,
``audit_policies`` by the rule of each event. ``arrays`` are the kinds of arrays that they share.
"""
