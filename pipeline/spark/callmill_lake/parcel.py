"""This package as executors get it: a zip that Spark ships to them.

What runs beside a task (Relay, Packed) is pickled by its name, so that a task carries a
few hundred bytes of it and an executor compiles the package once.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import io
import os
import secrets
import zipfile

from pyspark import SparkContext

PACKAGE = __name__.partition(".")[0]


def archive() -> bytes:
    """The package as a zip, the same bytes wherever it lies."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as into:
        for file in sorted(importlib.resources.files(PACKAGE).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                entry = zipfile.ZipInfo(f"{PACKAGE}/{file.name}", (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                into.writestr(entry, file.read_bytes())
    return content.getvalue()


def ship(context: SparkContext) -> None:
    """Ships the package to all executors of context, those to come as well. It may be
    called again, from several threads."""
    content = archive()
    # By its content: a context that goes on takes no other file of the same name.
    name = f"{PACKAGE}-{hashlib.sha256(content).hexdigest()[:16]}.zip"
    if name in (context._python_includes or ()):
        return
    path = os.path.join(context._temp_dir, name)
    whole = f"{path}.{secrets.token_hex(4)}"
    with open(whole, "wb") as file:
        file.write(content)
    os.replace(whole, path)
    context.addPyFile(path)
