"""Half a function finished: `unfinished` finds what is missing, `functions` what is similar,
`continuation` fits it in.
"""
