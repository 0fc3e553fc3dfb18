"""`make screenshots`: the pictures of README and docs/tour.md, taken from a demo organisation of their own."""
