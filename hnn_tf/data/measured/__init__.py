"""Recordings from tables of measurements: roles of columns, units, checks, and what was found."""
