"""The commands of the shell: what a root holds and what people change in it, in a terminal, without a server.

`arguments` -> `subcommands` (looking), `inspecting` (what is understood), `converting` and `conversion` (files of ours
of other programs' runs), `editing` and `notes` (what people say), `clearing` (what takes room) -> `finding` (what the
arguments name, `roots`: of which root), `targets` and `answering` (edits), `printing`, `beside_runs` (what lies beside
runs), `output` and `text`.
"""
