"""trackio's runs: in a SQLite file for each project (`trackio_database`), or in fragments of JSON lines that wait to be
taken into it (`trackio_fragments`). Both hold records of names and values: `trackio_records`.
"""
