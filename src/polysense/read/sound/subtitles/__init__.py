"""Subtitles: `cues` reads WebVTT and SubRip, `parser` makes chunks of a file of them."""
