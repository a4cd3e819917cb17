"""One program for each way to log, all with the same arguments and the same answer.

`python -m benchmarks.writers.<name> WORK FOLDER COUNT` does one work and prints a line of JSON with what it cost. Peers
run with the Python of their own environment, so these modules import only `benchmarks.writers.work` and what they
measure.
"""
