"""Tests stand where their module stands: `tests/reading/test_tree.py` for `lavdlike/reading/tree.py`."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.scripts import ROOT

PACKAGE, TESTS = ROOT / "lavdlike", ROOT / "tests"

# Modules, or rooms of them, without a test of their own: by what they are tested.
TESTED_BY = {
    "__main__.py": "test_cli.py",
    "bounded/giving_up.py": "server/live/test_workers.py",
    "bounded/yaml_writer.py": "edits/test_yaml_file.py",
    "compat/tensorboard/written_graphs.py": "compat/tensorboard/test_adding_graphs.py",
    "compat/tensorboard/written_events.py": "compat/tensorboard/test_event_file.py",
    "compat/tensorboard/adding.py": "compat/tensorboard/test_summary_writer.py",
    "compat/tensorboard/pixels.py": "compat/tensorboard/test_adding_pictures.py",
    "compat/tensorboard/adding_scalars.py": "compat/tensorboard/test_summary_writer.py",
    "disk/changes.py": "mirror/test_mirroring.py",
    "disk/made.py": "reading/test_known_members.py",
    "kinds/given_tables.py": "kinds/test_tables.py",
    **dict.fromkeys(
        [
            f"mirror/{name}.py"
            for name in ("notices", "senders", "spool", "tree_scan", "upload_program", "uploader", "waiting")
        ],
        "mirror/test_mirroring.py",
    ),
    "mirror/stored_files.py": "mirror/test_tree_copies.py",
    **dict.fromkeys(
        [f"mirror/{name}.py" for name in ("joined_documents", "file_state", "store_journal")],
        "mirror/test_uploads.py",
    ),
    "server/host/passwd_arguments.py": "server/host/test_passwd.py",
    "server/host/serve_arguments.py": "test_cli.py",
    **dict.fromkeys(
        [
            f"disk/stores/{name}.py"
            for name in ("object_store", "fsspec_store", "memory_store", "opened_stores")
        ],
        "disk/stores/test_obstore_store.py",
    ),
    **dict.fromkeys(
        [f"disk/stores/{name}.py" for name in ("bucket", "object_cache", "object_tree")],
        "disk/stores/test_object_root.py",
    ),
    "disk/filling.py": "disk/stores/test_object_root.py",
    "server/live/chosen_watchers.py": "server/live/test_object_watcher.py",
    **dict.fromkeys(
        [f"disk/stores/{name}.py" for name in ("retry_policy", "request_meter")],
        "disk/stores/test_steady_store.py",
    ),
    **dict.fromkeys(
        [f"visdom_server/{name}.py" for name in ("lua_calls", "torch_tensors")],
        "visdom_server/test_requests.py",
    ),
    **dict.fromkeys(
        [f"visdom_server/{name}.py" for name in ("browsers", "outboxes", "scripts")],
        "visdom_server/test_sockets.py",
    ),
    "visdom_server/login.py": "visdom_server/test_visdom_endpoints.py",
    "reading/named_files.py": "reading/test_tree.py",
    "reading/past.py": "server/live/test_past_answers.py",
    "series/cut_scalars.py": "server/live/test_past_answers.py",
    "series/writer_series.py": "series/test_experiment_series.py",
    "reading/scan_turns.py": "reading/test_scan.py",
    **dict.fromkeys(
        [
            f"integrations/{name}.py"
            for name in (
                "accelerate",
                "jax",
                "keras",
                "lightning",
                "stable_baselines3",
                "transformers",
                "xgboost",
            )
        ],
        "integrations/test_framework_classes.py",
    ),
    **dict.fromkeys(
        [
            f"compat/visdom/{name}.py"
            for name in ("network_calls", "playing_calls", "given_files", "projecting")
        ],
        "compat/visdom/test_content_calls.py",
    ),
    **dict.fromkeys(
        [f"compat/visdom/{name}.py" for name in ("environment", "visdom_files", "window_files")],
        "compat/visdom/test_state_calls.py",
    ),
    "compat/visdom/experiment_calls.py": "compat/visdom/test_visdom_client.py",
    "compat/visdom/given_options.py": "compat/visdom/test_curve_calls.py",
    "compat/visdom/matrix_calls.py": "compat/visdom/test_figure_calls.py",
    "compat/visdom/sending.py": "compat/visdom/test_visdom_client.py",
    "writing/thrown_away.py": "compat/visdom/test_state_calls.py",
    "compat/wandb/wandb_alerts.py": "compat/wandb/test_run.py",
    "compat/wandb/artifacts.py": "compat/wandb/test_run.py",
    "compat/wandb/beginning.py": "compat/wandb/test_run.py",
    "compat/wandb/config.py": "compat/wandb/test_run.py",
    "compat/wandb/data_types.py": "compat/wandb/test_launched.py",
    "compat/wandb/errors.py": "compat/wandb/test_run.py",
    "compat/wandb/saved_files.py": "compat/wandb/test_run.py",
    "compat/wandb/wandb_images.py": "compat/wandb/test_media.py",
    "compat/wandb/keys.py": "compat/wandb/test_steps.py",
    "compat/wandb/metrics.py": "compat/wandb/test_steps.py",
    "compat/wandb/plot.py": "compat/wandb/test_media.py",
    "compat/wandb/wandb_settings.py": "compat/wandb/test_steps.py",
    "compat/wandb/summary.py": "compat/wandb/test_run.py",
    "compat/wandb/wandb_tables.py": "compat/wandb/test_media.py",
    "compat/wandb/logged_values.py": "compat/wandb/test_media.py",
    "compat/wandb/watching.py": "compat/wandb/test_run.py",
    "disk/replacing.py": "disk/test_edit.py",
    "edit_messages.py": "test_messages.py",
    "edits/action_registry.py": "edits/test_editor.py",
    "edits/desk.py": "edits/test_editor.py",
    "edits/file_edits.py": "edits/test_editor.py",
    "edits/trash_entries.py": "edits/test_trash.py",
    "errors.py": "test_logger.py",
    "filter_messages.py": "test_messages.py",
    "kinds/files.py": "kinds/test_registry.py",
    "kinds/markdown.py": "kinds/test_registry.py",
    "kinds/graph_forms": "kinds/test_graphs.py",
    "kinds/model_files": "kinds/test_models.py",
    "kinds/rollout_records": "kinds/test_rollouts.py",
    "kinds/table_text.py": "kinds/test_tables.py",
    "kinds/text_file.py": "kinds/test_texts.py",
    "demo/demo_arguments.py": "demo/test_demo_run.py",
    "demo/demo_items.py": "demo/test_demo_run.py",
    "launch/child_process.py": "launch/test_running.py",
    "launch/streams.py": "launch/test_running.py",
    "reading/deep_folders.py": "reading/test_scan.py",
    "reading/inside_folder.py": "reading/test_known_members.py",
    "reading/inspection.py": "shell/test_inspecting.py",
    "reading/listed_folder.py": "reading/test_discovery.py",
    "reading/listing.py": "shell/test_listed_runs.py",
    "reading/json_child.py": "reading/test_json_documents.py",
    "reading/rollout_pages/kept_index.py": "reading/rollout_pages/test_rollout_index.py",
    "reading/rollout_pages/line_facts.py": "reading/rollout_pages/test_rollout_index.py",
    "reading/rollout_pages/made_lines.py": "reading/rollout_pages/test_rollout_library.py",
    "reading/rollout_pages/made_lines_child.py": "reading/rollout_pages/test_rollout_library.py",
    "reading/rollout_pages/read_rollout.py": "reading/rollout_pages/test_rollout_library.py",
    "reading/rollout_pages/rollout_columns.py": "reading/rollout_pages/test_rollout_index.py",
    "reading/rollout_pages/rollout_query.py": "reading/rollout_pages/test_rollout_library.py",
    "reading/rollout_pages/rollout_search.py": "reading/rollout_pages/test_rollout_library.py",
    "rollout_messages.py": "test_messages.py",
    "reading/stored_listings.py": "reading/test_stored_root.py",
    "reading/origins.py": "reading/test_tree.py",
    "reading/tree_changes.py": "reading/test_tree.py",
    "reading/tree_nodes.py": "reading/test_tree.py",
    "server/live/all_rows.py": "server/live/test_root_parts.py",
    "server/live/row.py": "server/live/test_rows.py",
    "server/live/root_part.py": "server/live/test_root_parts.py",
    "server/live/results_reader.py": "server/live/test_filter_answers.py",
    "reading/filter/facts.py": "reading/filter/test_matching.py",
    "reading/filter/syntax.py": "reading/filter/test_parser.py",
    "scalar_messages.py": "test_messages.py",
    "writing/system/counters.py": "writing/system/test_measures.py",
    "board_messages.py": "test_messages.py",
    "page_event_messages.py": "test_messages.py",
    "window_messages.py": "test_messages.py",
    "disk/copying.py": "edits/test_making.py",
    "reading/windows.py": "server/web/test_window_routes.py",
    "window_records.py": "compat/visdom/test_state_calls.py",
    "writing/calls/form_calls.py": "kinds/test_forms.py",
    "writing/event_tail.py": "writing/test_event_listener.py",
    "detection_messages.py": "test_messages.py",
    "sources/detections/yolo_labels.py": "sources/detections/test_yolo_format.py",
    "reading/detections/joined_sets.py": "reading/detections/test_detection_answers.py",
    "reading/detections/kept_sets.py": "reading/detections/test_detection_answers.py",
    "reading/detections/known_sets.py": "reading/detections/test_detection_answers.py",
    "reading/detections/matched_pictures.py": "reading/detections/test_detection_answers.py",
    "reading/detections/own_boxes.py": "reading/detections/test_detection_answers.py",
    "reading/detections/picture_paths.py": "reading/detections/test_detection_answers.py",
    "server/web/routes/detection_routes.py": "browser/test_detections.py",
    "sources/detections/coco_contents.py": "sources/detections/test_coco.py",
    "sources/detections/coco_format.py": "sources/detections/test_coco.py",
    "sources/detections/detection_format.py": "sources/detections/test_coco.py",
    "sources/detections/detection_set.py": "sources/detections/test_coco.py",
    "sources/detections/detection_table.py": "reading/detections/test_box_matching.py",
    "sources/detections/format_registry.py": "reading/detections/test_detection_answers.py",
    "sources/detections/run_lengths.py": "sources/detections/test_coco.py",
    "sources/run_marks.py": "reading/test_run_folders.py",
    "series/writers.py": "series/test_experiment_series.py",
    "series/asked.py": "series/test_values.py",
    "series/points_files.py": "series/test_store.py",
    "series/point_series.py": "series/test_budget.py",
    "server/__main__.py": "test_cli.py",
    "server/host/desktop.py": "test_cli.py",
    "server/host/serve.py": "test_cli.py",
    "server/live/answers.py": "server/live/test_hub.py",
    "server/live/file_follower.py": "server/web/test_routes.py",
    "server/live/hints.py": "server/live/test_watcher.py",
    "server/live/known.py": "server/live/test_hub.py",
    "server/live/inside_looks.py": "server/live/test_tracker.py",
    "server/live/limits.py": "server/live/test_hub.py",
    "server/live/pollers.py": "server/live/test_hub.py",
    "server/live/problem_log.py": "server/live/test_points.py",
    "server/live/store_changes.py": "server/test_foreign_files.py",
    "server/live/scalar_answers.py": "server/web/test_routes.py",
    "server/sandbox/child.py": "server/sandbox/test_pool.py",
    "server/sandbox/gfm": "server/sandbox/gfm/test_github.py",
    "server/sandbox/forest_program.py": "server/sandbox/test_forests.py",
    "server/sandbox/markdown_program.py": "server/sandbox/test_markdown_pages.py",
    "server/sandbox/picture_program.py": "server/sandbox/test_thumbnails.py",
    "server/sandbox/projection_program.py": "server/sandbox/test_projections.py",
    "server/settings.py": "server/test_app.py",
    "server/web/documents.py": "server/web/test_routes.py",
    "server/web/endpoints.py": "server/web/test_routes.py",
    "server/web/picture_responses.py": "server/web/test_routes.py",
    "server/web/routes/video_routes.py": "server/web/test_outside_pictures.py",
    "server/web/queries.py": "server/web/test_routes.py",
    "server/web/request_head.py": "server/web/test_access.py",
    "server/web/raw_files.py": "server/web/test_routes.py",
    "server/web/routes": "server/web/test_routes.py",
    "shell/answering.py": "shell/test_clearing.py",
    "shell/served.py": "shell/test_checking.py",
    "shell/conversion.py": "shell/test_converting.py",
    "shell/targets.py": "shell/test_editing.py",
    "sources/descriptions/description.py": "sources/descriptions/test_description_files.py",
    "sources/line_problems.py": "sources/json_files/test_json_lines.py",
    "sources/tables/program_tables.py": "sources/tables/test_step_table_dialects.py",
    "sources/json_files/json_records.py": "sources/json_files/test_json_lines.py",
    "sources/columns.py": "sources/test_scalar_lines.py",
    "sources/events/event_blocks.py": "sources/events/test_event_files.py",
    "sources/events/event_messages.py": "sources/events/test_event_files.py",
    "sources/events/event_restarts.py": "sources/events/test_event_files.py",
    "sources/neptune/parquet_child.py": "sources/neptune/test_neptune_exports.py",
    "sources/neptune/parquet_reader.py": "sources/neptune/test_neptune_facts.py",
    "sources/utf16_lines.py": "sources/tables/test_step_table_dialects.py",
    "sources/sqlite/stored_points.py": "sources/mlflow/test_mlflow_database.py",
    "sources/sqlite/database_runs.py": "sources/mlflow/test_mlflow_database.py",
    "sources/trackio/trackio_records.py": "sources/trackio/test_trackio_database.py",
    "sources/native.py": "series/test_store.py",
    "sources/source_registry.py": "series/test_store.py",
    "sources/sqlite/rollback_journal.py": "sources/sqlite/test_database.py",
    "sources/sqlite/pages.py": "sources/sqlite/test_database.py",
    "sources/sqlite/row_records.py": "sources/sqlite/test_database.py",
    "sources/sqlite/schema.py": "sources/sqlite/test_database.py",
    "sources/sqlite/page_cells.py": "sources/sqlite/test_alike.py",
    "sources/sqlite/index_trees.py": "sources/sqlite/test_database.py",
    "sources/sqlite/table_trees.py": "sources/sqlite/test_database.py",
    "sources/sqlite/tree_pages.py": "sources/sqlite/test_database.py",
    "sources/mlflow/mlflow_points.py": "sources/mlflow/test_mlflow_database.py",
    "sources/sqlite/wal.py": "sources/sqlite/test_database.py",
    "reading/files_beside.py": "sources/wandb_files/test_wandb_media.py",
    "sources/json_tables.py": "sources/wandb_files/test_wandb_media.py",
    "sources/wandb_files/logged_tables.py": "sources/wandb_files/test_wandb_media.py",
    "sources/wandb_files/wandb_artifacts.py": "sources/wandb_files/test_wandb_media.py",
    "sources/wandb_files/wandb_members.py": "sources/wandb_files/test_wandb_media.py",
    "sources/wandb_files/wandb_objects.py": "sources/wandb_files/test_wandb_media.py",
    "sources/wandb_files/wandb_pictures.py": "sources/wandb_files/test_wandb_media.py",
    "sources/wandb_files/wandb_values.py": "sources/wandb_files/test_wandb_media.py",
    "reading/artifact_folders.py": "sources/mlflow/test_mlflow_artifacts.py",
    "sources/document_members.py": "sources/mlflow/test_mlflow_artifacts.py",
    "sources/table_documents.py": "sources/mlflow/test_mlflow_artifacts.py",
    "sources/mlflow/mlflow_models.py": "sources/mlflow/test_mlflow_artifacts.py",
    "sources/wandb_files/wandb_history.py": "sources/wandb_files/test_wandb_files.py",
    "sources/wandb_files/wandb_records.py": "sources/wandb_files/test_wandb_files.py",
    "sources/events/event_items.py": "sources/events/test_event_members.py",
    "sources/events/event_tensors.py": "sources/events/test_event_members.py",
    "sources/member_registry.py": "sources/test_members.py",
    "sources/run_store.py": "reading/test_stored_root.py",
    "sources/store_registry.py": "reading/test_stored_root.py",
    "sources/source.py": "sources/tables/test_step_tables.py",
    "writing/calls/graph_calls.py": "writing/test_given_graphs.py",
    "writing/module_graphs.py": "writing/test_given_graphs.py",
    "writing/older_pictures.py": "writing/calls/test_picture_calls.py",
}


def modules(below: Path) -> list[Path]:
    found = [below] if below.is_file() else below.rglob("*.py")
    return [path for path in found if path.name != "__init__.py" and "static" not in path.parts]


def own_test(module: Path) -> Path:
    return TESTS / module.relative_to(PACKAGE).with_name(f"test_{module.name}")


def test_every_module_has_a_test_of_its_name_or_is_listed_with_another() -> None:
    listed = {module for name in TESTED_BY for module in modules(PACKAGE / name)}
    without = [
        module for module in modules(PACKAGE) if not own_test(module).exists() and module not in listed
    ]
    assert without == []


def test_no_two_modules_have_one_name() -> None:
    """So that a name says which module is meant, and a search finds that one."""
    names = Counter(path.name for path in modules(PACKAGE) if path.name != "__main__.py")
    original = {"errors.py"}  # `wandb.errors`, which scripts import by this name
    assert {name for name, count in names.items() if count > 1} <= original


@pytest.mark.parametrize("name", TESTED_BY)
def test_the_list_names_what_there_is_and_nothing_that_has_a_test(name: str) -> None:
    assert any(not own_test(module).exists() for module in modules(PACKAGE / name))
    assert (TESTS / TESTED_BY[name]).is_file()


def test_each_room_has_one_row_in_the_table_of_rooms() -> None:
    """A merge may have doubled rows of docs/architecture.md: then join them."""
    table = (ROOT / "docs" / "architecture.md").read_text().partition("| Room |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall("`(.*?)`", row.split("|")[1])]
    assert sorted(named) == sorted([*rooms_in(PACKAGE), *rooms_in(PACKAGE / "server")])


def rooms_in(folder: Path) -> list[str]:
    """Folders with a `/` behind them and modules, relative to the package; the server is shown by what is in it."""
    inner = [path for path in folder.iterdir() if path.name not in ("__pycache__", "static", "server")]
    modules = [path for path in inner if path.suffix == ".py" and not path.name.startswith("__")]
    folders = [path for path in inner if any(path.glob("*.py"))]
    return [
        *(path.relative_to(PACKAGE).as_posix() for path in modules),
        *(f"{path.relative_to(PACKAGE).as_posix()}/" for path in folders),
    ]
