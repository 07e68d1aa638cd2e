"""3D models: files of triangles, their colours and parts, rasterised views.

Not here: making models (`make.solid`), descriptors of shape (`encoders.shape`).
"""
