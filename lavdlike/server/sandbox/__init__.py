"""Processes that read what nobody should have to trust: limited in time and memory, and allowed to die.

`child` is what runs in each of them, `pool` asks them. For each subject a program of its own, and the module that asks
it: `picture_program` and `thumbnails`, `markdown_program` and `markdown_pages`, `projection_program` and `projections`.
The programs import nothing of ours, but for `gfm` and `safe_html`, which turn Markdown into HTML.
"""
