"""Plots and the report; computes nothing.

- A page: ``html`` renders records, by the templates beside it; ``spelling`` writes numbers and
  times, ``model_names`` the return models; ``verdicts`` say what numbers allow.
- Plots: ``plots``, ``study_plots``, ``evaluation_plots`` and ``move_plot``, with the colours and
  axes of ``drawing``; ``figures`` makes images of them, ``gallery`` and ``study_gallery`` choose.
- The report of articles and studies: ``build`` puts together ``article_section``,
  ``study_sections`` (means and single events), ``study_looks`` (the score, and what else could have
  made the numbers), ``with_without`` (means of some of the events), ``losses``,
  ``price_section`` and ``provenance``; ``summed_report`` is that of very many events, of their
  sums.
- The tear sheet of an evaluation: ``evaluation_page``, of ``evaluation_tables``.
- The daily report: ``daily``, and as Markdown ``daily_text``.
"""
