"""The trainings that the measurements are of: their settings, where they are kept, their models."""
