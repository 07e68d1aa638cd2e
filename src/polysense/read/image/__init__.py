"""Pictures: decoding, SVG, EXIF, OCR, the typefaces that come with packages; drawings that mean
code are in `drawing`.

Not here: making pictures (`make.image`).
"""
