"""Words as they are compared: tokens, stems and stop words, function words of languages, which
language a text is in.

Not here: decoding bytes to text, and passages (`read.file.text`).
"""
