"""PDF: `decode` opens a file, `page` gives one page as values, `parser` makes chunks of them.

A page is read by `frame` (coordinates), `lines` (text), `graphics` (pictures, paths, rules) and
`annotations`; `sections` finds headings, `figures` what to look at, `surroundings` its context. Not
here: the order in which a page is read, which Word files share (`read.document.layout`).
"""
