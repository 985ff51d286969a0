"""Files of patterns and labels."""

import gzip
import pickle

import numpy as np
import pytest

import xrd

TEXT = b"10.0 5\n10.1 7\n10.2 6\n10.3 9\n"


def test_a_path_and_bytes_give_the_same_scan(tmp_path):
    path = tmp_path / "a.xy"
    path.write_bytes(TEXT)
    scan = xrd.read(path)
    assert scan.two_theta.tolist() == [10.0, 10.1, 10.2, 10.3]
    assert scan.intensities.tolist() == [5, 7, 6, 9]
    assert scan.axis_kind == "two_theta" and len(scan) == 4 and scan.name == "a"
    for same in (xrd.read(str(path)), xrd.read(TEXT, name="a.xy"), xrd.read(gzip.compress(TEXT), name="a.xy.gz")):
        assert same.axis.tolist() == scan.axis.tolist() and same.intensities.tolist() == scan.intensities.tolist()
    assert pickle.loads(pickle.dumps(scan)).intensities.tolist() == scan.intensities.tolist()


def test_scans_are_prepared_and_resampled():
    scan = xrd.read(TEXT, name="a.xy")
    assert scan.prepare("scale:max").intensities.max() == 1
    assert scan.prepare("crop:10.1:10.2").axis.tolist() == [10.1, 10.2]
    finer = scan.resample((10.0, 10.25, 0.05))
    assert finer.intensities.tolist() == pytest.approx([5, 6, 7, 6.5, 6])
    assert finer.prepare("zero-shift:1").axis[0] == pytest.approx(11)


def test_metadata_are_what_the_file_states():
    ras = xrd.read(b"; comment\n10 1\n20 2\n30 3\n", wavelength="CuKa1", name="b.xy")
    assert ras.wavelength == pytest.approx(1.540593)


def test_a_folder_is_a_matrix(tmp_path):
    for i in range(3):
        lines = [f"{10 + 0.1 * k:.1f} {k + i}" for k in range(20)]
        (tmp_path / f"s{i}.xy").write_text("\n".join(lines))
    (tmp_path / "labels.csv").write_text("name,p\ns2,20\ns0,0\ns1,10\n")
    patterns = xrd.read_folder(tmp_path, exclude=[tmp_path / "labels.csv"])
    assert patterns.intensities.shape == (3, 20) and patterns.intensities.dtype == np.float32
    assert patterns.names == ["s0", "s1", "s2"] and len(patterns) == 3
    assert patterns.two_theta[0] == 10 and len(patterns.facts["sample"]) == 3
    labels, columns = xrd.read_labels(tmp_path / "labels.csv", patterns.names)
    assert columns == ["p"] and labels.tolist() == [[0.0], [10.0], [20.0]]
    assert xrd.read_labels(tmp_path / "labels.csv", patterns)[0].tolist() == labels.tolist()
    # Files have no order, so a table without their names is refused.
    (tmp_path / "nameless.csv").write_text("p\n1\n2\n3\n")
    with pytest.raises(ValueError):
        xrd.read_labels(tmp_path / "nameless.csv", patterns)


def test_a_matrix_in_memory_is_read(tmp_path):
    text = "two_theta,a,b\n" + "\n".join(f"{10 + 0.1 * k:.1f},{k},{2 * k}" for k in range(10))
    patterns = xrd.read_folder(text.encode(), name="m.csv")
    assert patterns.names == ["a", "b"] and patterns.intensities[1].tolist() == [2 * k for k in range(10)]


def test_rows_of_a_matrix_without_names_belong_by_order(tmp_path):
    rows = [" ".join(f"{10 + 0.1 * k:.1f}" for k in range(10))] + [" ".join(str(k * i) for k in range(10)) for i in (1, 2)]
    (tmp_path / "m.txt").write_text("\n".join(rows))
    (tmp_path / "labels.csv").write_text("p\n7\n8\n")
    patterns = xrd.read_folder(tmp_path / "m.txt")
    assert patterns.by_order == "always"
    assert xrd.read_labels(tmp_path / "labels.csv", patterns)[0].tolist() == [[7.0], [8.0]]


def test_many_scans_are_not_one():
    brml_like = b"two_theta,a,b\n10,1,2\n11,2,3\n12,3,4\n"
    scans = xrd.read_all(brml_like, name="m.csv")
    assert len(scans) == 2
    assert xrd.read(brml_like, name="m.csv", scan=1).intensities.tolist() == [2, 3, 4]
    with pytest.raises(ValueError, match="2 scans"):
        xrd.read(brml_like, name="m.csv")
