"""Points in memory, exact, and what is answered from them.

`point_series` holds those of one label and writer, `experiment_series` those of one experiment and keeps up with its
files (`points_files`: which are read; `writers`: which of them show a label), `store` those of all within a budget,
`kept_points` those of long files beyond the process;
`overview` chooses the points of a window, `smoothing` smooths, `packing` makes few bytes of
them, `memory` is where arrays that stay get their memory.
`asked` is what questions are asked of: `values` at a place, results of `ranges`, `aggregates` over experiments, whose
answer `aggregate_lines` makes. `derived` makes series of others by `expressions`, `spreads` says what
numbers come to.
"""
