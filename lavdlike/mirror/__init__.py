"""Copies of a tree in an object store: what a Logger with an address writes.

A Logger with an address writes a tree of this machine, its `spool`; `mirroring`, a thread of the process, is told by
`disk.changes` what was written. Of all processes that write a spool one has an `uploader`; `notices` tell it what the
others wrote, `tree_scan` finds what nobody told of, `waiting` says what it is time for (pure), `senders` send.
`uploads` brings one file into the store: `file_state` says how far it is (pure), `store_journal` keeps that for the
next start, `joined_documents` joins JSON files that two hosts wrote (pure). `tree_copies` is `push` and `pull`,
`stored_files` what they verify by.
"""
