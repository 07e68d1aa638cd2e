"""Answers as sound: the exact seconds of a recording, and speech."""
