"""Models of a user's own measurements: several are fitted, compared on held-out readings, and explained."""
