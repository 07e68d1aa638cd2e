"""Answers as pictures: the picture itself, pages, charts, diagrams, waveforms, renderings."""
