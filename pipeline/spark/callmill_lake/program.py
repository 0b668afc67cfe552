"""Programs and files beside a task: where they are on this host, how a program is
started there and ended with this process, and what is wrong with one that cannot be."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import struct
import subprocess


class WorkerError(Exception):
    """A worker that failed or gave what it may not.

    Its text stands alone: host, command line, what happened, the input that was
    being fed and the worker's last lines.
    """


def start(command):
    """Starts a worker in a process group of its own."""
    # A flag of the worker that is not given may be set in the environment, where
    # it would differ from host to host.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CALLMILL_")}
    try:
        return subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError):
            reason = "it is there, but the interpreter or loader that it names is not"
        elif made := made_for(command[0]):
            reason += f": this host is {platform.system()} {platform.machine()}, the file {made}"
        raise WorkerError(f"worker on {socket.gethostname()}: cannot run {command[0]}: {reason}") from None


def guard(child, command):
    """Starts what kills a child's group when this process is gone, however it ends:
    Spark kills Python with a signal that cannot be caught."""
    script = 'trap "" HUP INT TERM; read -r end; kill -s KILL -- "-$1"'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "callmill-guard", str(child.pid), command[0]],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def ended(code):
    """How a process ended, by the code that Python gives."""
    if code > 0:
        return f"it ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = " (most likely the host or its container ran out of memory)" if name == "SIGKILL" else ""
    return f"it was ended by {name}{hint}"


MACHINES = {3: "x86", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv", 258: "loongarch"}
MACH_O = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def made_for(path):
    """What a program is made for, for people, or "" where that cannot be read."""
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return ""
    if head[:4] in MACH_O:
        return "is for macOS"
    if head[:2] == b"MZ":
        return "is for Windows"
    if head[:4] != b"\x7fELF" or len(head) < 20:
        return "is no program"
    order = "<" if head[5] == 1 else ">"
    machine = struct.unpack(order + "H", head[18:20])[0]
    return f"is for Linux {MACHINES.get(machine, f'machine {machine}')}"


def shipped(name):
    """The places where a file that was given as name may lie on this host."""
    if os.sep in name:
        return [os.path.abspath(name)]
    from pyspark import SparkFiles

    places = []
    try:
        places.append(SparkFiles.get(name))
    except Exception:  # outside of Spark it has no folder to look in
        pass
    # YARN puts shipped files into the container's working folder.
    return places + [os.path.abspath(name)]


def located(what, places):
    """The first of places that is a file."""
    for place in places:
        if os.path.isfile(place):
            return place
    raise WorkerError(f"worker on {socket.gethostname()}: {what} is not on this host: {' and '.join(places)} "
                      f"{'are' if len(places) > 1 else 'is'} no file; give a path that every executor has, "
                      "or ship it with --files and give its name")


def program(name):
    """The path of the program on this host."""
    places = shipped(name)
    found = None if os.sep in name else shutil.which(name)
    path = located(f"the program {name!r}", places + [found] if found else places)
    if not os.access(path, os.X_OK):
        raise WorkerError(f"worker on {socket.gethostname()}: cannot run {path}: permission denied: it is not executable (chmod +x)")
    return path


def readable(flag, name):
    """The path on this host of a file that a flag names."""
    path = located(f"the file {name!r} of {flag}", shipped(name))
    if not os.access(path, os.R_OK):
        raise WorkerError(f"worker on {socket.gethostname()}: {path} of {flag} is not readable by this user")
    return path
