"""Plug-ins: a query and passages to scores, one file a kind of model."""
