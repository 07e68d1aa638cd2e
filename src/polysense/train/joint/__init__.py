"""Joint tuning: both sides of an encoder at once, by pairs that belong together.

model is what is tuned, whole or by LoRA, and how it is saved; tuning trains and measures it.
"""
