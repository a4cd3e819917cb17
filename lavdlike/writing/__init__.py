"""The writing half below `lavdlike.Logger`: what a training script's values go through on their way to files.

`writer` is everything one process writes to one experiment. It stands on `retries` (what the disk refuses waits),
`encoders` (threads that make `pictures` into files, with `png`) and `presence` (the session in `experiment.json`).
`terminal` and `progress` are what the person at the terminal sees; `provenance` is git and the summary, `saving_models`
what torch saves; `launched` knows the experiment of `lavdlike run`. `calls` are the methods of `Logger` by family, with
`checks` of their arguments. Nothing here imports the reading half (sources, series, reading, server).
"""
