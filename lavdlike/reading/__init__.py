"""What a root holds, read without a server: no event loop, no thread of its own.

On disk -> `scan` (folders as `tree` wants to be told) -> `tree` (labels, steps and items, and what changed; `origins`
says where the files of an item are) -> `items`, `folders`, `log_pages` (what somebody asked for). `probe` and
`summaries` are the rows of an overview, with what other programs say of their runs (`described`); `snapshot` is one
experiment as it is now, for the shell.

What lies in files: `known_members` keeps what was found there, `inside` tells it to trees, `stored_root` opens it.

Which folders are experiments: `run_folders` decides, `discovery` looks. `shown_root` says what a folder that is named
shows, `stored_root` is a root in which files of many runs are folders, `listed_folder` one in which marks are
looked for. `inspection` says all of that with its reasons.
"""
