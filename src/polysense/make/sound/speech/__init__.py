"""Speech by espeak-ng, whose library runs in a process of its own (`espeak_process`), and the
choice of its voices.
"""
