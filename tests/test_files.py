import pytest

from signals.errors import ConfigError, StoreError
from signals.files import check_folder, locked, writable_folder, write_bytes, write_text


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "report.html"
    write_text(path, "old")

    assert write_text(path, "né\n") == path
    assert path.read_bytes() == "né\n".encode()
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "report.html"
    write_text(path, "old")

    with pytest.raises(TypeError):
        write_bytes(path, "text, not bytes")

    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="is a file"):
        check_folder(tmp_path / "file" / "out")
    with pytest.raises(ConfigError, match="can't be written"):
        writable_folder(tmp_path / "file" / "out")


def test_looking_at_a_folder_does_not_make_it(tmp_path):
    check_folder(tmp_path / "a" / "b")

    assert list(tmp_path.iterdir()) == []
    assert writable_folder(tmp_path / "a" / "b").is_dir()


def test_the_lock_of_a_folder_is_held_by_one_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("signals.files._PATIENCE", 0.05)
    for _ in range(2):
        with (
            locked(tmp_path),
            pytest.raises(StoreError, match="has held the lock"),
            locked(tmp_path),
        ):
            pass
