"""What keeps browsers up with the disk: owned by the event loop, told by a watcher's thread, read by worker threads.

`hints` and `watcher` (`inotify`) say where something may have changed; `rows` (the overview), `tracker` (one
experiment's tree), `points` (its scalars) and `file_follower` look there, in `workers`, once for many hints
(`coalescer`). `known` holds the experiments that somebody has looked at and says what changed; `subscriptions` and
`feed` hand it to the browsers it concerns, `pollers` to those without a WebSocket. `hub` owns them all, `answers` is
what routes ask, `health` how changes are seen; `limits` has what may take how long.
"""
