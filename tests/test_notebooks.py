from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
FORGET = nbformat.v4.new_code_cell("%reset -f")


@pytest.fixture(scope="module")
def client():
    """One kernel for all notebooks; each begins without a name of the others'."""
    made = NotebookClient(
        nbformat.v4.new_notebook(),
        timeout=120,
        resources={"metadata": {"path": NOTEBOOKS[0].parent}},
    )
    yield made
    made.nb = nbformat.v4.new_notebook()
    made.execute()  # nothing, and then the kernel is ended


@pytest.mark.enable_socket  # the kernel is spoken to over loopback
@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")  # of jupyter_client and its friends
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_its_folder(client, path):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, FORGET)

    client.nb = notebook
    client.execute(cleanup_kc=False)

    assert all(cell.outputs for cell in notebook.cells[-1:] if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_output(path):
    cells = nbformat.read(path, as_version=4).cells

    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in cells)
