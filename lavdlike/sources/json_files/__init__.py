"""Numbers in JSON: files of records, a line each (`json_lines`; in logs: `log_records`), and what is written anew as a
whole (`rewritten`). `json_records` says which key of a record is its step and which are its values.
"""
