"""The scheduled report: unattended, repeatable, whole or not at all.

In the order in which data flows:

- ``configfile`` reads ``signals.toml`` (``tables``, ``places``) into a ``config``; ``doctor`` looks
  at what it names.
- ``run`` holds the lock and goes from step to step; ``store`` keeps what one run leaves to the next
  (``schema``, ``records``).
- In: ``intake`` brings together what ``gather`` reads of the sources, ``days`` tells of the
  session, ``prices`` of the closes, ``confounds`` of earnings and the like, ``told`` of what other
  reports told; ``inputs`` is the record of it, from which a report can be repeated.
- Found out: ``links`` (articles to the watch list), ``daily``, ``funnel``.
- Said: ``sections``, ``changes``, ``story_sections``, ``study_words``, ``health``.
- Out: ``product`` makes every file, ``publish`` puts them in place, ``mail`` sends the report.
- Later: ``verify`` repeats a run (``manifest``, ``words``), ``export`` gives out the store.

For single commands and for corpora: ``outputs``, ``own_events``.
"""
