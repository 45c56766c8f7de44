"""Publishing a file by replacement: written aside, synced, renamed into place under a lock.

Readers of the published file never meet a lock and never see half of a run; a writer that is killed leaves the last
good file and at most a leftover beside it, which the next writer removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

_FICLONE = 0x40049409
"""The Linux ioctl that shares a file's blocks with a copy (ioctl_ficlonerange(2))."""


def copy_file(source: Path, target: Path) -> None:
    """Copies a file, by reference where the filesystem can (Btrfs, XFS), else byte by byte."""
    with source.open("rb") as reader, target.open("wb") as writer:
        try:
            fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
        except OSError:
            shutil.copyfileobj(reader, writer, 1 << 20)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A private copy of a file to write to, published in its place when the block ends well.

    Yields:
        The path of the copy; it does not exist yet where the file does not. On an exception it is dropped.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        for leftover in path.parent.glob(f"{path.name}.new*"):
            leftover.unlink(missing_ok=True)
        draft = path.with_name(f"{path.name}.new")
        if path.exists():
            copy_file(path, draft)
        try:
            yield draft
            _sync(draft)
            draft.replace(path)
            _sync(path.parent)
        finally:
            for leftover in path.parent.glob(f"{path.name}.new*"):
                leftover.unlink(missing_ok=True)
