"""PDF: `decode` opens a file (text, pixels), `page` gives one page as values, `parser` makes chunks
of them.

Not here: the order in which a page is read, which Word files share (`read.document.layout`).
"""
