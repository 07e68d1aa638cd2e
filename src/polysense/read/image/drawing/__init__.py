"""Drawings that mean code: flowcharts, sequence diagrams and page sketches to Mermaid, Python, HTML
and SVG.

The converters are `flowchart` and `sketch`; shapes, connectors, labels and layout are found by the
other files.
"""
