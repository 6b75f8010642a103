from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.enable_socket  # the kernel is spoken to over loopback
@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")  # of jupyter_client and its friends
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_its_folder(path):
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}}).execute()

    assert all(cell.outputs for cell in notebook.cells[-1:] if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_output(path):
    cells = nbformat.read(path, as_version=4).cells

    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in cells)
