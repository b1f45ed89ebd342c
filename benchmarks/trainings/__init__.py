"""The trainings that the measurements use: their settings, their folders, and their models."""
