"""Descriptions of web interfaces (OpenAPI, Swagger), operation by operation."""
