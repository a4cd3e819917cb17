"""Environments of Visdom's server: the lines of their windows (`visdom_windows`)."""
