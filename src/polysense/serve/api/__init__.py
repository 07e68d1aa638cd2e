"""The HTTP API: one router for each thing there is to do."""
