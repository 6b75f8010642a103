"""Text to numbers: scorers, and what an article says about each security.

- What a scorer is, and what it gives: ``scorer``.
- Scorers of a sentence: ``finance``, the default, is a model (``linear``) over ``features`` of
  ``tokens`` and of what they say beside their ``neighbours`` (``neighbour_marks``), by the words
  of ``finance_words`` and ``market_words``, whose parts are ``token_bits``; ``vader`` follows
  ``vader_rules`` on the words of ``vader_words``; ``lexicon`` takes a list of words of your own.
  ``opening`` knows them by name.
- What a sentence says of one company: ``entity``, which reads the name as its ``target``, beside
  the ``finance_names`` of those who rate, rule or trade, and beside its ``rivals``.
- What an article says: ``articles`` (with what is ``implied``) asks a scorer (``asking``) for each
  sentence, ``scores`` combine them, ``shown`` chooses the parts that are worth showing.
- The same for many sentences at once, by NumPy (``arrays``): ``finance_batch``, ``linear_batch``,
  ``features_batch``, ``tokens_batch`` with its ``rows_batch``, ``neighbours_batch``,
  ``entity_batch``, ``target_batch``, ``vader_batch`` and ``vader_bytes``. They equal the modules
  that they are named for, which say what the rules are.
- Where weights come from: ``training``, ``fitting``, ``tuning``.
"""
