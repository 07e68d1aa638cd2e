"""Answers as films: the exact seconds of a video, and narrated films of any evidence."""
