"""Spaces that were taught: heads over frozen encoders, in a folder that `polysense train` writes.

folder is what lies in it, encoder the plug-in that uses it. Neither needs what trained it.
"""
