"""HTML: `blocks` gives headings, paragraphs and links with their lines, `tables` its tables,
`parser` makes chunks of them.

Not here: EPUB, notebooks and mail, which use these blocks.
"""
