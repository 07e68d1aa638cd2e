"""Measurement: rankings, the grid of inputs and outputs, faithfulness of what is made, benchmarks."""
