"""Subtitles: `cues` reads WebVTT and SubRip, `formats` the others, `parser` makes chunks."""
