"""Answers as 3D models: the model itself, bar charts, graphs, heightmaps, letters; binary glTF.

Not here: reading models (`read.solid`), their pictures (`make.image.render`).
"""
