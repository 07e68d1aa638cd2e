"""From evidence to an answer: numbered evidence, routes to the modality wanted, retrieval in
rounds, the answer.

Not here: how a chart, a film or a model is made; each of those is a plug-in in `make`.
"""
