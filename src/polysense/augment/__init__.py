"""Between hits and an answer: compress to what bears on the question, judge the support, guard,
diversify.

Not here: finding (`retrieve`), and making an answer of what is kept (`generate`).
"""
