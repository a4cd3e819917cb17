"""Annotations and predictions of pictures as other programs write them: `detection_table` is what all come to."""
