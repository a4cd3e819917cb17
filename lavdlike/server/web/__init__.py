"""HTTP and WebSocket: who may read, what is asked, how it is answered. Nothing here knows how the disk is looked at.

`access`, `credentials`, `users` and `sign_in` decide who may read and edit; `routes` has one module a subject, on
`endpoints` and `queries`; `raw_files`, `picture_responses` and `page` send files; `responses` is what they have in
common: JSON, headers, refusals.
"""
