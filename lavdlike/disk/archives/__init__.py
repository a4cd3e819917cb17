"""Archives as folders: what is in a zip or tar file, read where it lies, without unpacking it whole.

`archive_tree` is what an archive holds, by folders, and which names cannot be part of it; `zip_directory` and
`tar_heads` read that of their formats, `gzip_reader` gives a compressed tar as if it could be read at any place.
`unpacking` makes a file of one part. `archive` puts them together as a root, `archive_editor` refuses its edits.
"""
