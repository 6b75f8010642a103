"""Sessions and prices; knows no text.

- Sessions: ``calendars`` has the opens and closes of every exchange, with what ``corrections``
  knows better than their library; ``sessions`` finds the one that an instant belongs to.
- Prices: ``prices`` says what a source and a table of prices are; every table goes through
  ``quality``. ``csvprices`` is a source of files, which ``csvfiles`` reads strictly, ``frames`` one
  of frames, whose dates and numbers ``userframes`` reads; ``bartables`` puts the bars of single
  symbols side by side; ``price_source`` makes a source of what a user calls prices.
- Of Yahoo: ``yahoo`` asks and keeps, through ``yfclient``; ``keptprices`` reads what was kept;
  ``bars`` are what was fetched, checked by ``barchecks``, and ``snapshots`` hold them.
"""
