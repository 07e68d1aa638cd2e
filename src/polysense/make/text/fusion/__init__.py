"""Answers that a model with an encoder writes of several passages at once: `fusion_in_decoder`,
`fusion_in_encoder` and `rag_sequence` differ in where the passages meet; `passage_reader` and
`latent_fusion` are what they share. Whether what they write is borne out is the matter of
`generate`.
"""
