"""`lavdlike visdom ROOT`: takes what Visdom's clients send, and writes files; the page of ROOT is at the same port.

`visdom_arguments` are Visdom's options. A request's body is understood by `requests` (and `lua_calls`, with
`torch_tensors`, of the Lua client), pure; `environments` does what it says over the files of `compat.visdom`, in
threads, and hears what people do in the page; `outboxes` holds what goes to sockets, `browsers` what Visdom's own page
would be told. `login` knows the password, `visdom_endpoints` answers HTTP, `sockets` WebSockets, and `serving` puts it
beside the page.
"""
