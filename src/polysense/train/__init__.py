"""Teaching: pairs of things that belong together bring spaces nearer to one another.

data/      pairs from a table, a folder with sidecars or a library; splits, negatives, augmentation
heads/     what is trained over frozen encoders, as plain numbers that serving needs no torch for
run/       what every training has: a loop that resumes, a card, a plot, a comparison
losses     contrastive losses, with their papers
gap        the distance between modalities in a space, and ways to close it
retrieval  how well held-out pairs find one another, with intervals
align/     heads into the space of an encoder that stays as it is
modality/  a new modality in a space that stays as it is
classes/   words for what is of a known kind
mesh/      networks over 3D models
joint/     both sides of an encoder at once
compress/  fewer numbers a vector
tune       weights and depths of the retriever, on judged queries
"""
