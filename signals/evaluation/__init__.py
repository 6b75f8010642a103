"""Whether a score predicts returns, tested so that "no" is an answer.

In the order in which data flows:

- In: ``signal`` reads the events, ``earnings`` marks those around reports, ``pricepanel`` puts
  prices on their exchanges' calendars.
- Returns: ``entry`` tells when a signal could first be traded on, ``forward`` what came after.
- A ``sample`` is what everything is computed from; ``grouping`` has its groups.
- Computed: ``coefficients`` and ``ictables`` (information coefficients), ``quantiles``,
  ``dependence`` (tests of means over sessions that depend on one another), ``robustness`` and
  ``placebos`` (reasons to disbelieve them).
- Said: ``findings``, in sentences; ``exports``, in other programs' shapes.

``evaluate`` goes through all of it.
"""
