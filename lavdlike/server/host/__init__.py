"""The process around the server: where it listens, what a connection may cost, its log, what is kept for its user.

`listening` makes the sockets, `accepting` takes connections, `connections` runs uvicorn on them. `logging_setup` is the
server's log, `standard_streams` holds where they are closed or full; `user_files` keeps the signing key and the link
outside the root; `desktop` opens the browser of who starts it. `ways_in` decides who may come in, with the token
(`kept_token`) or people (`users_file`) of `private_files`. `serve` puts all together as the command line says
(`serve_arguments`, `options`).
"""
