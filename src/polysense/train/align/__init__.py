"""Alignment: a head brings the vectors of a frozen encoder into the space of another one.

settings is what is asked for; pair_vectors what the frozen encoders give for the pairs, and how
these are divided; fitting makes the heads; figures measures them; alignment puts it together and
writes the space.
"""
