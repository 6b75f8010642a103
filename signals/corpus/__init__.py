"""Corpora of any size: scored in shards, told apart as stories, studied in parts.

- Scored: ``corpusfiles`` tells which files there are, ``rows`` cuts them into shards and reads
  these, by the ``formats`` of the files; ``shards`` scores one, ``plan`` tells what that would
  take; ``scoring`` runs all on ``workers`` and takes up again what was interrupted.
- Studied: ``scored`` reads what was left behind, ``losses`` counts what was lost, ``stories``
  finds its stories in blocks of time, and ``study_at_once`` studies it or gives its events. Where
  that is much, ``partition`` puts scores together by company, ``study_part`` studies some
  companies, and ``study_in_parts`` goes through it all and reports the whole.
- Beside: ``copies`` finds near-copies among headlines alone, ``audits`` looks at files.
"""
