"""Annotations and predictions of pictures: `box_matching` says which boxes find which."""
