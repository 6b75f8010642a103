"""Events, return models and test statistics: whether prices moved abnormally.

In the order in which data flows:

- Events: ``events`` makes them of scores; ``clocks`` parts those known to the day from timed ones,
  ``merged`` has the rules by which they come into their sessions, ``policies`` compares them.
- In: ``settings`` reads the arguments, ``intake`` the events and ``factors`` the factor returns;
  ``priced`` brings events and prices together, on the calendars of ``panel``; a ``ledger`` has the
  reason of each that falls out. ``traded`` and ``bridges`` are for shares that trade thinly.
- Fitted: ``models`` say what is expected, ``fits`` is least squares for many events at once,
  ``sums`` fits the estimation windows; a ``sample`` is events with their fits.
- Tested: one of the ``windows`` at a time, by ``inference``, ``ranks`` and ``clusters``, which give
  a ``significance``; ``cosines`` and ``loads`` are the variance of what overlaps in calendar time,
  ``correlation`` is that of events, ``before`` is what tests ask of the estimation windows.
- Given: ``estimate`` goes through all of it; the ``result`` has ``effects`` of the score, second
  looks (``checks``), ``doubts`` of single events and ``confounds``.
- In parts, of very many events: ``partial``, ``testsums`` and ``tallies`` add up, ``reduced`` and
  ``windowsums`` make the tables of the sums.

``audit``, with ``forensics``, asks whether a study looks ahead.
"""
