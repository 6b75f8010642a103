"""Sessions and prices; knows no text.

- Sessions: ``calendars`` has the opens and closes of every exchange, ``sessions`` finds the one
  that an instant belongs to.
- Prices: ``prices`` says what a source and a table of prices are; every table goes through
  ``quality``. ``csvfiles`` reads files strictly, ``opening`` what a user calls prices.
- Of Yahoo: ``yahoo`` asks and keeps, through ``yfclient``; ``bars`` are what was fetched, checked
  by ``barchecks`` and kept in ``snapshots``.
"""
