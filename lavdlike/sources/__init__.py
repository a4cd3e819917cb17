"""Whose files they are: one module a source, each from opened bytes to `columns` of points by label.

`source` is what a source has to be, `source_registry` has a line for each: `native` reads our own scalars files, line
by line (`scalar_lines`), `step_tables` tables with a column of steps (`program_tables`: what well-known programs call
their columns), `json_lines` files of records (`records`; those in logs: `log_records`), `rewritten` JSON that is
written anew as a whole. `event_files` are TensorBoard's: `event_records` (`crc32c`) of `event_messages` (`protobuf`), a
block at a time (`event_blocks`), with what restarts replace (`event_restarts`) and what is said of their run
(`event_descriptions`: `hparams`, `custom_scalars`). `choice` says which files are read where a program writes the same
into several.
"""
