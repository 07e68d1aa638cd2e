"""Pictures: decoding, SVG, EXIF, OCR, typefaces; drawings that mean code are in `drawing`.

Not here: making pictures (`make.image`).
"""
