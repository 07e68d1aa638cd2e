"""Answers that a model writes of several passages at once. Of those with an encoder,
`fusion_in_decoder`, `fusion_in_encoder` and `rag_sequence` differ in where the passages meet;
`encoder_decoder_reader` and `latent_fusion` are what they share. `compressed_contexts` brings them
to a language model as a few vectors: `compressed_network` computes them, `compressed_folder` is
where what was trained lies. `passage_reader` is what all share. Whether what they write is borne
out is the matter of `generate`.
"""
