"""Where a program ran."""

from __future__ import annotations

from lavdlike.launch import surroundings


def test_only_variables_that_say_how_it_computes_are_kept() -> None:
    given = {
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "0,1",
        "SLURM_JOB_ID": "7",
        "SLURM_AUTH_TOKEN": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "NVIDIA_API_KEY": "secret",
        "HOME": "/home/ada",
        "RANK": "0",
        "RANKING": "x",
        "PYTHONPATH": "a b",
    }
    assert surroundings.variables(given) == {
        "CUDA_VISIBLE_DEVICES": "0,1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": "a b",
        "RANK": "0",
        "SLURM_JOB_ID": "7",
    }
    sections = surroundings.sections(given, is_own_python=False)
    assert "    PYTHONPATH='a b'" in sections["Environment"]
    assert "Packages" not in sections


def test_packages_are_those_of_this_python() -> None:
    packages = surroundings.sections({}, is_own_python=True)["Packages"]
    assert any(line.startswith("    pytest==") for line in packages)


def test_the_summary_says_what_ran_where() -> None:
    infos = surroundings.infos(["sh", "a b"], "/work")
    assert infos["Program"] == "sh 'a b'"
    assert infos["Folder"] == "/work"
