"""Receipts, bills and forms: `labels` finds fields by `vocabulary`, `form_fields` makes tables."""
