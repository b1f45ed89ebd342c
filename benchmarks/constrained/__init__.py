"""The measurements of models with constraints."""
