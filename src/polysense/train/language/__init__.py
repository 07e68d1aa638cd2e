"""Questions of another language for a space of words that is there already: what is indexed stays
as it is, and a head over what is asked brings the one language to the other.
"""
