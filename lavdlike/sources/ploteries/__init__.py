"""Ploteries' data stores: `ploteries_files` reads the rows, `ploteries_figures` says which lines they are drawn as."""
