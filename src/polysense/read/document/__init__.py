"""Written documents: text, Markdown, HTML, reStructuredText, mail, EPUB, notebooks, PDF, Word,
PowerPoint.

A format of several files is a folder of its own. Not here: workbooks (`read.table`), pictures in
documents (`read.image`).
"""
