"""Unattended runs: the scheduled report, and the scores of a corpus of any size.

The scheduled report, in the order in which data flows:

- ``config`` reads ``signals.toml`` (``tables``, ``places``); ``doctor`` looks at what it names.
- ``run`` holds the lock and goes from step to step; ``store`` keeps what one run leaves to the next
  (``schema``, ``records``).
- In: ``intake`` brings together what ``gather`` reads of the sources, ``days`` tells of the
  session, ``prices`` of the closes and ``confounds`` of earnings and the like; ``inputs`` is the
  record of it, from which a report can be repeated.
- Found out: ``links`` (articles to the watch list), ``daily``, ``flags``, ``funnel``.
- Said: ``sections``, ``changes``, ``story_sections``, ``study_words``, ``health``.
- Out: ``product`` makes every file, ``publish`` puts them in place, ``mail`` sends the report.
- Later: ``verify`` repeats a run (``manifest``, ``words``), ``export`` gives out the store.

A corpus: ``corpus`` cuts it, ``shards`` scores a part, ``engine`` runs all of them on ``workers``,
``scored`` studies what they left, ``copies`` told apart. Where that is much, ``corpus_stories``
finds the stories in blocks of time, and ``many`` studies it in ``parts``, by company, as
``scatter`` puts them together. For single commands: ``outputs``, ``own_events``, ``audits``.
"""
