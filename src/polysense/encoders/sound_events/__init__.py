"""Which of AudioSet's 521 kinds of sound a recording has, and sounds found by words for them.

The network is YAMNet (Google; Apache-2.0): MobileNet v1 (Howard et al. 2017, arXiv:1704.04861)
trained on AudioSet (Gemmeke et al. 2017). Its weights lie here, in 8 bits: the published ones, as
a package under the MIT licence carries them (`tools/make_yamnet.py` reads and rounds them).
"""

from polysense.encoders.sound_events.encoder import SoundEvents

__all__ = ["SoundEvents"]
