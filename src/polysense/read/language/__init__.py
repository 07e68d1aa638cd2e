"""Words as they are indexed and compared: folding, stems, the words that only ask; which language a
text or a question is in.

Not here: decoding bytes to text, and passages (`read.file.text`).
"""
