"""What a reader needs before it knows the modality: archives, kinds by content, text encodings,
references, parts.

Not here: anything that looks inside one modality.
"""
