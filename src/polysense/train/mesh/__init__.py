"""Networks over 3D models, trained on models of known kinds: those of a kind are to lie together.

network trains one, and writes the folder that `mesh:model=` reads; figures sets it beside the plain
descriptor.
"""
