"""A new modality in a space that is there already: every encoder stays frozen, and one projector is
trained, after jina-embeddings-v5-omni, whose text vectors stay what they were.

tables is the pairs of the new modality with each of those that are there; space the folder that the
new tower is added to; figures what is measured; projector puts it together.
"""
