"""The scheduled report: unattended, repeatable, whole or not at all.

In the order in which data flows:

- ``configfile`` reads ``signals.toml`` (``toml_table``, ``toml_lines``) into a ``config``;
  ``doctor`` looks at what it names.
- ``run`` holds the lock and goes from step to step; ``store`` keeps what one run leaves to the next
  (``store_file``, ``schema``, ``records``, ``revisions``).
- In: ``read_inputs`` brings together what ``read_sources`` gives of articles, ``days`` of sessions,
  ``prices`` of closes, ``confounds`` of earnings and the like, and ``told_windows`` of what other
  reports told; ``inputs`` is the record of it, from which a report can be repeated.
- Found out: ``analyses`` (of each article), ``links`` (to the watch list), ``results``,
  ``funnel``.
- Said: ``daily_data``, ``changes``, ``story_sections``, ``study_words``, ``health``.
- Out: ``report_files`` makes every file (``tablefiles``), ``publish`` puts them in place,
  ``delivery`` knows who is still to have which, ``mail`` sends it.
- Later: ``verify`` repeats a run (``manifest``, ``word_scores``), ``export`` gives out the store.

For single commands and for corpora: ``outputs``, ``own_events``.
"""
