"""What makes Python-Markdown read as GitHub does: its own parser of blocks and of what is literal in a text.

`lines` and `blocks` find the structure, `spans` what is not to be read as Markdown, `formulas`, `code` and
`front_matter` make HTML of what is no Markdown; `extension` brings it all into Python-Markdown. Runs in a child
process (`markdown_program`); nothing here makes HTML safe.
"""
