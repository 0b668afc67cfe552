"""Executes a notebook and prints its results.

Usage: execute.py NOTEBOOK DATA [EXPRESSION...]

Prints an object with the run time in seconds, what the cells wrote to standard
error, the number of plots and of empty ones, their titles, and the values of the
expressions, evaluated after the last cell.
"""

import base64
import io
import json
import os
import pathlib
import sys
import time

import matplotlib.image
import nbformat
from nbclient import NotebookClient

path, data, *expressions = sys.argv[1:]
os.environ["CALLMILL_DATA"] = data
os.environ["PATH"] = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
notebook = nbformat.read(path, 4)
notebook.cells.insert(0, nbformat.v4.new_code_cell("""
import matplotlib.axes as _axes
_titles, _set_title = [], _axes.Axes.set_title
def _set_and_note(ax, label, *arguments, **options):
    _titles.append(label)
    return _set_title(ax, label, *arguments, **options)
_axes.Axes.set_title = _set_and_note
"""))
notebook.cells.append(nbformat.v4.new_code_cell(
    "import json as _json\nprint('values ' + _json.dumps([_titles, " + ", ".join(expressions) + "], default=float, ensure_ascii=False))"
))
started = time.time()
folder = str(pathlib.Path(path).resolve().parent)
NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()

result = {"seconds": time.time() - started, "stderr": "", "plots": 0, "blank": 0, "titles": None, "values": None}
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stderr":
            result["stderr"] += output.text
        elif output.output_type == "stream" and output.text.startswith("values "):
            result["titles"], *result["values"] = json.loads(output.text.removeprefix("values "))
        elif "image/png" in output.get("data", {}):
            pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(output.data["image/png"])))[..., :3]
            result["plots"] += 1
            # Axes, title and labels alone darken about two in a hundred pixels, and have no colour.
            coloured = (pixels.max(-1) - pixels.min(-1) > 0.15).sum()
            result["blank"] += bool(coloured < 30)
print(json.dumps(result, ensure_ascii=False))
