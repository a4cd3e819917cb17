"""Boards: panels that somebody has arranged, as files (docs/boards.md). Pure: bytes in, values or bytes out.

`board_files` is what everybody reads with: `board_yaml` reads the text and remembers where everything stands,
`board_fields` makes of it what a board shows; `streamvis_schemas` does so for files of Streamvis. `board_edits` changes
a text, panel by panel as `panel_lines` finds them, and `written_boards` makes new ones.
"""
