"""Answers as code: functions, completions, scripts, web pages, LaTeX.

Not here: what is defined in source code (`read.code`).
"""
