"""What becomes a graph: `graph` is what all of them come to, a module a form makes one of what it is given.

`plain_edges` takes what scripts have (pairs, dicts, graphs of networkx), `graph_def` TensorFlow's `GraphDef`, which
TensorBoard's event files hold, `onnx_graph` models of ONNX. Whatever is wrong with a part costs that part, and is said.
"""
