"""What every output shares: media files, export to the kind that a name asks for, provenance
written into the file.
"""
