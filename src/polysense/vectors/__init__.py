"""Spaces in which a chunk has more than one vector of fixed width: late interaction, sparse ones.

Who makes vectors are encoders, who keeps them are stores.
"""
