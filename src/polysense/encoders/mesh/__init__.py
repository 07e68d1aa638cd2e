"""Neural networks over 3D models: points of their surface (PointNet), their vertices and edges
(graph convolution).

Not here: a descriptor of shape without a network (`encoders.shape`), pictures of models (`clip`).
"""
