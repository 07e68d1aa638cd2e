"""Markdown: `blocks` gives headings, paragraphs, tables and links, `parser` chunks them."""
