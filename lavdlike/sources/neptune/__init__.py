"""What Neptune's exporter wrote, Parquet.

`neptune_parts` says which files are a run, `neptune_facts` what is said of it, `neptune_exports` reads its series. They
ask a child process: `parquet_reader` asks, `parquet_child` answers.

polars reads Parquet with native code that trusts lengths in the file. One that lies costs the child its life or its
memory, and nobody else.
"""
