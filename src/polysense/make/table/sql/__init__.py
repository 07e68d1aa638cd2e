"""Questions on tables as SQL that a language model writes: what it is shown (`request`), what it
may write (`check`), where that is run (`run`), which cells took part (`places`), and the sentence
that says it (`wording`).
"""
