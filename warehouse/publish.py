"""Publishing a file by replacement: written aside, synced, renamed into place under a lock.

Readers of the published file never meet a lock and never see half of a run; a writer that is killed leaves the last
good file and at most a leftover beside it, which the next writer removes.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

_FICLONE = 0x40049409
"""The Linux ioctl that makes a file share another one's blocks (ioctl_ficlone(2))."""


def copy_file(source: Path, target: Path) -> None:
    """Copies a file with its mode, by reference where the filesystem can (Btrfs, XFS), else byte by byte."""
    if not _cloned(source, target):
        shutil.copyfile(source, target)
    shutil.copymode(source, target)


def _cloned(source: Path, target: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    with source.open("rb") as reader, target.open("wb") as writer:
        try:
            fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
        except OSError:  # another filesystem, or one that cannot
            return False
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beside(draft: Path) -> list[Path]:
    """What stands in a draft's folder under its name with an ending: logs, spilled data, scratch files."""
    return sorted(draft.parent.glob(f"{glob.escape(draft.name)}.*"))


def _clear(draft: Path) -> None:
    for leftover in (draft, *_beside(draft)):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing(path: Path, patience: float = -1) -> Iterator[Path]:
    """A private copy of a file to write to, published in its place when the block ends well.

    Whatever the block leaves beside the copy, under its name with a further ending, is removed. A link is followed:
    the file that it names is replaced, not the link.

    Args:
        path: the published file; it need not exist, nor its folder.
        patience: seconds to wait for another writer, without end where negative.

    Yields:
        The path of the copy; it does not exist yet where the file does not. On an exception it is dropped.

    Raises:
        filelock.Timeout: another writer holds the lock for longer than that.
        OSError: the folder or the file cannot be written.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=patience):
        draft = path.with_name(f"{path.name}.new")
        _clear(draft)
        try:
            if path.exists():
                copy_file(path, draft)
            yield draft
            _sync(draft)
            draft.replace(path)
            _sync(path.parent)
        finally:
            _clear(draft)
