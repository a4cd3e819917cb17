"""How long, how often and how much: every limit of this room that a test may want to be another one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LiveLimits:
    """Seconds where a name ends in `_s`, otherwise counts.

    `tick_s`: between two looks at what is due.
    `reconcile_s`: between two comparisons with the disk of what is reported anyway.
    `checking_share`: the share of a processor's time that looking for what is not reported may take, for each
    experiment on show and for the rows of the overview.
    `trusted_s`: what is not reported is looked at again before it is shown, if the last look is older.
    `patience_s`: how long scalars wait for a look at all folders, where values in JSON files might be.
    `inside_patience_s`: how long what there is waits for looks into files, from when they began.
    `kept_watched_s`: who looked at an experiment may come back soon; until then it stays watched.
    `max_kept_files`: of experiments nobody looks at that are kept in memory, some 150 bytes each.
    `read_s`: for one answer.
    `scan_s`: for one slice of a scan. `scan_tasks`: folders in it at most.
    `points_s`: for reading what the scalars of an experiment have gained.
    `keep_points_s`: after the last reading of an experiment, until points of its long files are kept for other servers.
    `first_retry_s`: after something could not be read; then twice as long each time.
    `health_s`: between two reports of how changes are seen. `still_there_s`: between two messages at least, so that a
    browser notices when the server is gone without a word.
    `row_s`: for one row of the overview that holds others up.
    `poll_s`: how long a browser that polls waits for the first change. `max_pollers`: of such browsers.
    `poller_s`: how long such a browser may be away between two requests.
    `max_problems`: items of one experiment that turned out not to be what they seem, kept for the page of problems.
    `slice_labels`, `slice_series`: how many are listed, or told of, at once; then others get their turn.
    `filter_s`: for the answer to one filter; what takes longer is a mistake in it.
    `unread_patience_s`: how long such an answer waits for scalars that nobody has read yet.
    `retry_results_s`: after they could not be read. `save_results_s`: between two writings of what was read.
    `max_read_ahead`: experiments whose scalars are read before a page asks for them.
    `max_followed`: running experiments whose points are kept in memory because filters ask for them all the time.
    """

    tick_s: float = 1.0
    reconcile_s: float = 60.0
    checking_share: float = 0.2
    trusted_s: float = 1.0
    patience_s: float = 1.0
    inside_patience_s: float = 3.0
    kept_watched_s: float = 60.0
    max_kept_files: int = 200_000
    read_s: float = 30.0
    scan_s: float = 30.0
    scan_tasks: int = 256
    points_s: float = 60.0
    keep_points_s: float = 5.0
    first_retry_s: float = 1.0
    health_s: float = 5.0
    still_there_s: float = 15.0
    row_s: float = 5.0
    poll_s: float = 20.0
    max_pollers: int = 512
    poller_s: float = 50.0
    max_problems: int = 1000
    filter_s: float = 5.0
    unread_patience_s: float = 0.25
    retry_results_s: float = 30.0
    save_results_s: float = 10.0
    max_read_ahead: int = 50
    max_followed: int = 100
    slice_labels: int = 500
    slice_series: int = 1000


DEFAULTS = LiveLimits()
