"""Measurement: rankings, the grid of inputs and outputs, faithfulness of answers, benchmarks."""
