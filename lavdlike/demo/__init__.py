"""`lavdlike demo`: a made-up training that writes items of every kind, live, so that there is something to look at.

`demo_arguments` says for how long and where, `demo_run` is the training, `demo_items` has an item of each kind.
"""
