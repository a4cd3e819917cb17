"""What other programs say of a run beside its values: settings, title, tags, status, begin and end.

`description` is what comes of it, `yaml_values` is what other programs mean by YAML, `description_files` has a line for
each file that describes a run: pure functions, from its bytes.
"""
