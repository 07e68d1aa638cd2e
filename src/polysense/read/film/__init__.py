"""Videos: frames, scenes, tracks.

Not here: their sound and its timeline (`read.sound`), making films (`make.film`).
"""
