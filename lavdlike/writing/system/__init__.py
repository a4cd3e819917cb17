"""How busy the host and the script are, every ten seconds, as scalars `system/...` (docs/format.md, "System metrics").

`counters` is what one look says and `measures` makes values of two; `linux` looks (`cgroup`, `processes`), elsewhere
`with_psutil`; `nvidia` and `amd` look at GPUs; `sampler` has the thread, the file and the turn.
"""
