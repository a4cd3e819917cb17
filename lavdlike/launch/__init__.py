"""`lavdlike run`: any program's run becomes an experiment, without a changed line in it.

`running` puts it together: `run_arguments` and `started_commands` say what is started, `stand_ins` what Python imports
in place of the real packages (by `hook/`, a folder on the children's PYTHONPATH). `streams` shows what is printed,
`backlog` holds it until `kept_output` has kept it, with `terminal_lines` and `printed_scalars`. `child_process` starts
and awaits the program, `outcomes` says how it ended and `surroundings` where it ran. Nothing here imports the reading
half (sources, series, reading, server).
"""
