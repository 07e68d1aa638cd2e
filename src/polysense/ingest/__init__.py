"""From files to a library: what is there, what changed, what each file holds, its vectors.

Here: scan, changes, sync, catalogue, manifest, worker processes, enrichment. Not here: how a format
is read (`read`), how vectors are computed (`encoders`), how they are kept (`stores`).
"""
