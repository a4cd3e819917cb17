"""Work that must not take for ever, or whatever there is of memory: bounds that several rooms share.

`giving_up` lets work in a thread end when nobody waits for it any more; `polars_limits` says whether polars can be used
in this process at all; `patterns` searches for regular expressions of people within bounds of size and time;
`yaml_reader` reads YAML that anybody may have written, and `yaml_writer` changes it.
"""
