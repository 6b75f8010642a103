"""One article in, records out: zones, times, sentences, mentions.

In the order in which data flows:

- Read: an ``article`` is ``storable`` text with its ``zones``, some of them ``boilerplate`` by its
  ``boilerplate_words`` and ``bylines``, and the time at which it was ``published``; ``markup``
  reads web pages by their ``pagenodes`` and ``pagefacts``; ``sentences`` and ``places`` tell where
  in it something stands; ``language`` whether it is in English, ``solicitations`` whether it is an
  advertisement, ``holdings`` whether it lists what a fund held. ``given`` is what stands where
  articles are asked for: some of them, or a source.
- Looked up: a ``security`` is one row of the book (``securities``, with its ``memory``);
  ``nameindex`` finds its names in texts.
- Found: ``mentions`` asks the ``recognisers`` of ``notations``, ``codes`` and ``rics``, each only
  where its ``signs`` are, then looks for ``names``, in a ``reading`` of the ``plain`` text; some
  are ``explained`` by a symbol beside them, and some symbols by a name ``before`` them or
  ``restated``. ``classes`` tells a class of shares from another ticker.
  ``layout``, ``vocabulary``, ``placenames`` and ``namesakes`` tell a company's name from other
  words, ``joined`` looks at many texts at once.
- Told: ``mentioned`` has the records, each mention with its role (``roles``), each company with its
  ``relevance`` and its listing (``listings``, ``markets``); ``recaps`` tell of the move of its
  price by ``recap_clauses`` and ``recap_words``. ``highlight`` is for showing them.
- Many articles: ``stories`` groups those that tell the same, by their ``tellings`` and those of
  ``earlier`` days; ``echoes`` tells what one is to another.
"""
