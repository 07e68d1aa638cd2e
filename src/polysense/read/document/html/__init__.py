"""HTML: `blocks` gives headings, paragraphs and links with their lines, `parser` chunks them.

`tokenizer` bounds the work on hostile pages, `media` knows which attributes name files, `tables`
lays out cells. Not here: EPUB, notebooks and mail, which use these blocks.
"""
