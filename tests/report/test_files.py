"""Reports are written whole or not at all, and a place that is no good is found out before."""

import os

import pytest

from sim.errors import SimError
from sim.report.files import check_writable, write_whole


def test_a_report_is_written_with_the_folders_above_it(tmp_path):
    path = tmp_path / "new" / "deep" / "report.xml"
    write_whole(path, "ä")
    assert path.read_text(encoding="utf-8") == "ä"
    assert [one.name for one in path.parent.iterdir()] == ["report.xml"]


def test_an_old_report_is_replaced(tmp_path):
    path = tmp_path / "report.xml"
    write_whole(path, "old")
    write_whole(path, "new")
    assert path.read_text() == "new"


def test_a_report_that_cannot_be_finished_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "report.xml"
    write_whole(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(SimError, match=r"report\.xml: cannot be written: No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_asking_leaves_no_trace(tmp_path):
    check_writable(tmp_path / "new" / "report.xml")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_place_for_a_report(tmp_path):
    with pytest.raises(SimError, match="cannot be written: Is a directory"):
        check_writable(tmp_path)


def test_below_a_file_there_is_no_place(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SimError, match="cannot be written: Not a directory"):
        check_writable(tmp_path / "file" / "report.xml")


def test_a_link_goes_on_pointing_where_it_did(tmp_path):
    (tmp_path / "real.xml").touch()
    (tmp_path / "link.xml").symlink_to("real.xml")
    write_whole(tmp_path / "link.xml", "new")
    assert (tmp_path / "link.xml").is_symlink()
    assert (tmp_path / "real.xml").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    check_writable(pipe)
    write_whole(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
