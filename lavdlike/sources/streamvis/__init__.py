"""Logs of Streamvis, as first published: `streamvis_files` are `streamvis_records`, read a block at a time."""
