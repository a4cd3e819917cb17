"""TensorBoard's writers as torch (`torch.utils.tensorboard`) and tensorboardX have them, over `lavdlike.Logger`.

`writer` has `SummaryWriter`, which inherits its families of methods: `scalar_calls`, `picture_calls`, `media_calls`,
`data_calls`, on what `family` has. What they are given becomes what the Logger takes in `arguments`, `pixels` and
`counting`, which are pure. `event_file` writes TensorBoard's own files beside ours, of `event_messages`.
"""

from lavdlike.compat.tensorboard.file_writer import FileWriter
from lavdlike.compat.tensorboard.global_writer import GlobalSummaryWriter, TorchVis
from lavdlike.compat.tensorboard.writer import SummaryWriter

__all__ = ["FileWriter", "GlobalSummaryWriter", "SummaryWriter", "TorchVis"]
