"""What Neptune's exporter wrote, Parquet: `neptune_exports` asks a child process for it, `parquet_child`.

polars reads Parquet with native code that trusts lengths in the file. One that lies costs the child its life or its
memory, and nobody else.
"""
