"""Studies."""

import json

import numpy as np
import pytest

import xrd

QUICK = {"epochs": 25, "hidden": (16, 8)}


@pytest.fixture(scope="module")
def result(series):
    patterns, angles, cells = series
    steps = []
    study = xrd.study(
        patterns,
        {"a": cells},
        two_theta=angles,
        test_fraction=0.25,
        settings=QUICK,
        targets={"a": 2.87},
        progress=lambda *step: steps.append(step),
    )
    assert steps and steps[-1][0] == steps[-1][1]
    return study


def test_a_study_has_numbers_tables_figures_and_a_page(result):
    assert result.report["dataset"]["patterns"] == 24
    assert len(result.table("latent.csv")) == 24 and "a" in result.table("latent.csv")[0]
    assert result.figure("feature_space").startswith("<svg")
    assert "<svg" in result._repr_html_() and "24 patterns" in result._repr_html_()
    assert result.report_html().lower().startswith("<!doctype html>")
    assert "24 patterns" in repr(result)


def test_the_model_of_a_study_transforms(result, series):
    points = result.model.transform(series[0])
    rows = result.table("latent.csv")
    written = np.array([[float(row["x"]), float(row["y"])] for row in rows])
    assert np.allclose(points, written, atol=1e-4)


def test_files_are_written_on_request(tmp_path, result):
    result.report_html(tmp_path / "page.html")
    result.write(tmp_path / "all")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == result.report_html()
    assert json.loads((tmp_path / "all" / "study.json").read_bytes()) == result.report


def test_a_table_becomes_a_frame(result):
    pytest.importorskip("pandas")
    frame = result.to_dataframe()
    assert len(frame) == 24 and {"x", "y", "a"} <= set(frame.columns)


def test_a_folder_is_studied_too(tmp_path, series):
    patterns, angles, cells = series
    for i, pattern in enumerate(patterns):
        np.savetxt(tmp_path / f"s{i:02}.xy", np.column_stack([angles, pattern]))
    rows = [f"s{i:02},{a}" for i, a in enumerate(cells)]
    (tmp_path / "labels.csv").write_text("name,a\n" + "\n".join(rows))
    found = xrd.study(tmp_path, tmp_path / "labels.csv", settings={**QUICK, "epochs": 5}, out=tmp_path / "out")
    assert found.report["dataset"]["patterns"] == 24 and (tmp_path / "out" / "report.html").is_file()


def test_wrong_arguments_are_refused(series):
    patterns, angles, cells = series
    with pytest.raises(ValueError, match="two_theta is missing"):
        xrd.study(patterns)
    with pytest.raises(ValueError, match="23"):
        xrd.study(patterns, {"a": cells[1:]}, two_theta=angles, settings=QUICK)
    with pytest.raises(ValueError, match="epoch"):
        xrd.study(patterns, {"a": cells}, two_theta=angles, settings={"epochs": 0})
    with pytest.raises(ValueError, match="unknown field `speed`"):
        xrd.study(patterns, {"a": cells}, two_theta=angles, settings={"speed": 1})
    with pytest.raises(ValueError, match="names for"):
        xrd.study(patterns, two_theta=angles, names=["a"], settings=QUICK)
