"""What the self-test does inside the sandbox. Run there as the text of a cell; it imports nothing of the course.

Every attempt returns what it achieved, or raises; the self-test wants each of them to come to nothing.
"""

import ctypes
import errno
import glob
import os
import socket
import threading


def open_for_writing(paths):
    """Those of ``paths`` that could be opened for writing, or made. Nothing is written."""
    opened = []
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY | (0 if os.path.exists(path) else os.O_CREAT)))
        except OSError:
            continue
        opened.append(path)
    return opened


def readable(paths):
    """Those of ``paths`` that can be read or listed."""
    return [path for path in paths if os.path.exists(path) and os.access(path, os.R_OK)]


def files_below(folder, except_in):
    """Files below ``folder`` that do not lie in one of the folders ``except_in``."""
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if os.path.join(base, name) not in except_in]
        found += [os.path.join(base, name) for name in names]
        if len(found) > 5:
            break
    return found[:5]


def importable(names):
    found = []
    for name in names:
        try:
            __import__(name)
        except ImportError:
            continue
        found.append(name)
    return found


def connect(address, family):
    """Connect to something that listens outside."""
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        try:
            client.connect(address)
        except OSError as error:
            return "" if error.errno != errno.EAGAIN else "busy"
    return "connected"


def vsock():
    """Whether a socket to the hypervisor can be made, which no network namespace holds back."""
    try:
        socket.socket(40, socket.SOCK_STREAM).close()
    except OSError:
        return ""
    return "made"


def new_user_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    return "made" if libc.unshare(0x10000000) == 0 else ""


def rights():
    """User, and the rights that the kernel says this process has or could get."""
    with open("/proc/self/status") as file:
        fields = dict(line.split(":\t") for line in file.read().splitlines())
    return {"uid": os.getuid(), "capabilities": int(fields["CapBnd"], 16) | int(fields["CapEff"], 16), "no_new": fields["NoNewPrivs"]}


def environments(word):
    """Processes whose environment holds ``word``."""
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as file:
                if word.encode() in file.read():
                    found.append(path)
        except OSError:
            continue
    return found


def foreign_processes(names):
    """Visible processes that none of ``names`` accounts for."""
    found = []
    for path in glob.glob("/proc/[0-9]*/comm"):
        try:
            with open(path) as file:
                name = file.read().strip()
        except OSError:
            continue
        if not name.startswith(tuple(names)):
            found.append(name)
    return found


def fill(folder, size):
    """Bytes that fit into ``folder``, in files of 1 MB, up to ``size``; they are removed again."""
    made, total, block = [], 0, bytes(1 << 20)
    try:
        while total < size:
            path = os.path.join(folder, f"fill-{len(made)}")
            with open(path, "wb", buffering=0) as file:
                made.append(path)
                total += file.write(block)
    except OSError:
        pass
    for path in made:
        os.unlink(path)
    return total


def start_threads(count):
    """Threads that could be started, up to ``count``."""
    release, started = threading.Event(), []
    try:
        for _ in range(count):
            thread = threading.Thread(target=release.wait)
            thread.start()
            started.append(thread)
    except RuntimeError:
        pass
    release.set()
    for thread in started:
        thread.join()
    return len(started)


def allocate(size):
    """Whether private memory of ``size`` bytes can be had; it is not touched."""
    import mmap

    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError):
        return ""
    return "allocated"


def hold_shared_memory(size):
    """Take shared memory, which no limit on a process counts, page by page; a sandbox that stands ends this process."""
    import mmap
    import time

    memory = mmap.mmap(-1, size)
    for start in range(0, size, 1 << 20):
        memory[start : start + (1 << 20)] = b"x" * (1 << 20)
    time.sleep(2)
    return "held"
