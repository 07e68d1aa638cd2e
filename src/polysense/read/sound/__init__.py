"""Recordings: decoding, spectra, timelines, subtitles, speech recognition.

Not here: speech synthesis and excerpts (`make.sound`).
"""
