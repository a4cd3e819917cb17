"""Experiment logger whose database is the folder tree."""

__version__ = "0.1.0"
