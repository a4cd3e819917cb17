"""APIs of other tools over `lavdlike.Logger` only: a script changes its import, or none (`lavdlike run`).

One module, or one room, a tool. Whatever the original accepts is accepted, what it refuses is refused with a sentence,
and nothing is imported but what the script has imported itself. Nothing here imports the reading half (sources, series,
reading, server); its own files are read back by `lavdlike.disk` and `lavdlike.kinds`.
"""
