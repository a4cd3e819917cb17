"""How bytes are reached, and nothing about what they mean.

`root` is what readers ask of a place where trees of files are; `local` is a folder of this machine, opened by
descriptor, never out of it. `tail` says what is new in a file that is appended to; `append` is how whole lines are
written, `write` whole files and keys of JSON files, `shared_folders` what is different where several people write.
`made` opens bytes that are in no file of their own. `beside` opens files that belong to an opened one, `new_folder` is
written whole or not at all. `user_cache` is what may be lost, `user_state` what a user's servers tell commands.
Nothing above opens files of the tree by itself.
"""
