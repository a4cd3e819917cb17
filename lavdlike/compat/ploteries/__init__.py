"""Ploteries' writer over `Logger`: `from lavdlike.compat.ploteries import Writer` (docs/from-other-tools.md).

`ploteries_writer` has its calls, `plot_traces` and `bin_counts` what they compute, `kept_figures` what is kept of each
figure, and `stored_data` reads back what was written (`read`).
"""

from lavdlike.compat.ploteries.ploteries_writer import Writer
from lavdlike.compat.ploteries.stored_data import StoredData, read

__all__ = ["StoredData", "Writer", "read"]
