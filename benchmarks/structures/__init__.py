"""The measurements of structures of H."""
