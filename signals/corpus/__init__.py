"""Corpora of any size: scored in shards, told apart as stories, studied in parts.

- Scored: ``rows`` reads a corpus and cuts it into shards, ``shards`` scores one and reads back what
  was left, ``plan`` tells what that would take; ``engine`` runs all on ``workers`` and takes up
  again what was interrupted.
- Studied: ``scored`` reads what was left behind. Where that is much, ``stories`` finds the stories
  in blocks of time, ``scatter`` puts scores together by company, ``parts`` studies some companies,
  and ``many`` goes through it all and reports the whole.
- Beside: ``copies`` finds near-copies among headlines alone, ``audits`` looks at files.
"""
