"""Who speaks: "the same voice's other recordings".

The network is the speaker encoder of Resemblyzer (Resemble AI; Apache-2.0): three LSTMs trained
with the generalised end-to-end loss (Wan et al. 2018, arXiv:1710.10467) on read and spoken English.
Its weights lie here, in 16 bits, because its package, whose code is not run, needs torch and a
compiler (`tools/make_ge2e.py` reads them).
"""

from polysense.encoders.speaker.encoder import Speaker

__all__ = ["Speaker"]
