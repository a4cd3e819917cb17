"""Scripts that `tools.check_visdom` has the original client of Visdom run, in its own environment."""
