"""Tiny real trainings, one a framework, whose values are compared with what the framework itself reports."""
