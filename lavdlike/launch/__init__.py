"""`lavdlike run`: any program's run becomes an experiment, without a changed line in it.

Nothing here imports the reading half (sources, series, reading, server).
"""
