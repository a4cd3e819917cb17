"""Whose files they are: one module a source, each from opened bytes to `columns` of points by label.

`source` is what a source has to be, `source_registry` has a line for each: `native` reads our own scalars files, line
by line (`scalar_lines`), `tables` and `json_files` what programs write as text, `events` TensorBoard's files,
`wandb_files` wandb's logs, `streamvis` the first logs of that program, `neptune` what its exporter wrote, `ploteries`
its data stores. `run_store` is what a file of many runs has to be, `store_registry` has a line for each: `mlflow`,
`trackio`; `sqlite` reads SQLite's files. `members` is what a file has to be in which items lie, `member_registry` has a
line for each.

`descriptions` reads what is said of a run, `run_marks` says which files make a folder one. `choice` says which files
are read where a program writes the same into several, `same_labels` which of several forms shows a label. `protobuf`
is what binary formats share.
"""
