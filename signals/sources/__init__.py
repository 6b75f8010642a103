"""Where articles come from: folders, tables, feeds and vendors' answers, all through one gate.

- ``source`` says what a source is, and is the gate: what has no time is quarantined there,
  as ``refusals`` records it.
- Sources: ``folder`` of texts and web pages; ``tables``, whose rows ``rowreaders`` and ``csvrows``
  read, as they do those of a corpus; ``feeds``, which ``fetch`` gets from the web; ``vendor_json``,
  what the ``vendors`` of news answer.
- ``opening`` makes one of them from a table of ``signals.toml``.
- ``companies`` refreshes the table of securities from a public list.
"""
