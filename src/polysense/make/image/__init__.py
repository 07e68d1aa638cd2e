"""Answers as pictures: the picture or frame itself, pages, charts, diagrams, waveforms, renderings."""
