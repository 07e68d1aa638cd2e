"""Markdown: `blocks` gives headings, paragraphs, tables and links with their lines, `parser` makes
chunks of them.
"""
