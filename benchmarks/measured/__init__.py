"""Fits of tables of measurements."""
