"""SQLite files of other programs, read without SQLite: without a lock, and without a byte written beside them.

SQLite itself would lock the file against the script that writes it, and would make files in its folder (`-shm`) to read
one that is in WAL mode. So its documented format (https://www.sqlite.org/fileformat.html) is read here: `pages` gives
the file as it was after its last commit, with its `wal` and its `rollback_journal`; `table_trees` and `index_trees`
walk through what it holds (`tree_pages`), `row_records` decodes rows one by one, `page_cells` and `alike` very many at
once, `schema` knows tables and columns by name. `database` is what others use: it reads again what was written to
meanwhile. No SQL is run: views and triggers are never even parsed.
"""
