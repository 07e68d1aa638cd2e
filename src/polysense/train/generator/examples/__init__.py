"""Questions with their answers and what was retrieved for them.

example                an example, and how examples are divided
files                  JSON lines of them, read and written
retrieved              made of a library: what it finds now for judged questions
noise                  wrong contexts mixed in, or alone with a refusal as the answer
visual_instructions    the conversations of LLaVA, in and out
"""
