"""What every training has: fit is a loop that resumes, card says what was done and what came of it,
plot draws the losses, compare sets two cards side by side.
"""
