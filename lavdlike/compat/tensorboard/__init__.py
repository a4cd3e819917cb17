"""TensorBoard's writers as torch (`torch.utils.tensorboard`) and tensorboardX have them, over `lavdlike.Logger`.

`summary_writer` has `SummaryWriter`, which inherits its families of methods: `adding_scalars`, `adding_pictures`,
`adding_media`, `adding_data`, on what `adding` has. What they are given becomes what the Logger takes in
`given_values`, `pixels` and `counting`, which are pure; `later_calls` has the thread that makes texts and histograms.
`event_file` writes TensorBoard's own files beside ours, of `written_events`. `summary_api` has the writer of
TensorBoard itself.
"""

from lavdlike.compat.tensorboard.file_writer import FileWriter
from lavdlike.compat.tensorboard.global_writer import GlobalSummaryWriter, TorchVis
from lavdlike.compat.tensorboard.summary_writer import SummaryWriter

__all__ = ["FileWriter", "GlobalSummaryWriter", "SummaryWriter", "TorchVis"]
