"""What people change, as edits of plain files (docs/format.md, "What people write"); needs no server.

`editor` is what server and shell ask. It looks up in `action_registry` which family of actions an edit belongs to,
and gives it a `desk`: the root, the `history` of its files, the `journal` of what was done.

- `marking`, `noting`, `annotating` and `root_words` say what is to become of which file (`people_files`, `yaml_file`)
  within the `rules`; `file_edits` does it, all in the same way.
- `trashing`, `renaming` and `thinning` (`thin_rules`) move folders and files: `idle` keeps them off what runs, `trash`
  and `trash_entries` know the trash.

`usage` counts what experiments take.
"""
