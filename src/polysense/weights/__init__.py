"""Trained weights: of a hub, in folders, in packages; what a folder holds, what is kept as ONNX.

What is made of them (encoders, recognisers, language models) stands with the plug-ins.
"""
