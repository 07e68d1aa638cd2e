"""Receipts, bills and forms: `labels` finds what stands under each label, `fields` makes a table of
it.
"""
