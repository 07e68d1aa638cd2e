"""Answers as 3D models: the model itself, bars, graphs, reliefs, letters; binary glTF.

Not here: reading models (`read.solid`), their pictures (`make.image.render`).
"""
