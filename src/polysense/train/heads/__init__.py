"""Heads: small maps from the vectors of a frozen encoder into another space.

head is a head as numbers: computed by numpy, written as ONNX; ridge fits one in closed form;
network is what torch trains, and becomes a head.
"""
