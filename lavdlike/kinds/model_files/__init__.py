"""What files of models say of their tensors, without loading one: names, shapes, types, sizes.

`tensors` is what all of them come to; a module a format reads the head of a file of it. Nothing is unpickled: `pickled`
follows what a pickle would build, as names and numbers only. What is read is bounded, whatever a file says of itself.
"""
