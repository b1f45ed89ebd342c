"""Measurements behind every number that the documentation gives; not shipped."""
