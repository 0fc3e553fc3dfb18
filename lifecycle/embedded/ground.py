"""Where the embedded servers keep their files, and as whom they run (PostgreSQL refuses to run as root)."""

import os
import pwd
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from lifecycle import embedded


class Unavailable(RuntimeError):
    """The embedded servers cannot run here. The message says, to a person, what to do instead."""


class Switch(TypedDict, total=False):
    """The arguments of subprocess that make a child run as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """The user the servers run as: the caller, or `nobody` when the caller is root."""

    uid: int
    gid: int

    @classmethod
    def of_caller(cls) -> "Account":
        """The caller's own account; root's stand-in for root."""
        if os.getuid() != 0:
            return cls(os.getuid(), os.getgid())
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    @property
    def switch(self) -> Switch:
        """What subprocess needs to run a child as this account; nothing if it is the caller's."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.uid != os.getuid() else {}

    def reaches(self, path: Path) -> bool:
        """Whether this account can walk into every folder on the way to `path` (asked only for `nobody`)."""
        if self.uid == os.getuid():
            return True
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


@dataclass(frozen=True)
class Ground:
    """What one pair of servers stands on: its folders and its account."""

    data: Path  # the project's data folder: locks and logs
    stores: Path  # where the servers' own folders lie: the same, unless `nobody` cannot walk there
    sockets: Path
    account: Account

    @classmethod
    def under(cls, data: Path) -> "Ground":
        """The ground for this data folder, made if it is missing. Call it under the lock of `servers.py`."""
        account = Account.of_caller()
        sockets = embedded.socket_folder(data)
        own_folder(sockets, account, 0o700)
        stores = data.resolve()
        pointer = stores / "elsewhere"
        # Root's home is closed to `nobody`, and stays so: the files go where it can walk. And stay there, even
        # if the way is opened later; nor do they leave here if it is closed.
        if pointer.exists() or not (account.reaches(stores / "store") or (stores / "postgres").exists()):
            stores = named_by(pointer, stem=sockets.name)
            own_folder(stores, Account(0, 0), 0o711)
        return cls(data.resolve(), stores, sockets, account)

    def store(self, name: str) -> Path:
        """The 0700 folder of one server's data, made if it is missing.

        Raises Unavailable if it belongs to somebody else (a checkout used both as root and as a user).
        """
        folder = self.stores / name
        own_folder(folder, self.account, 0o700)
        return folder

    def binaries(self, packages: Path, *parts: str) -> Path:
        """`packages` (a site-packages folder), or a copy of its `parts` where the account can run them."""
        if self.account.reaches(packages / parts[0] / "file"):
            return packages
        copy = self.stores / "binaries"
        own_folder(copy, Account(0, 0), 0o711)
        for part in parts:
            source, target = packages / part, copy / part
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            draft = copy / f"{part}.{os.getpid()}"
            shutil.copytree(source, draft, symlinks=True)
            for file in (draft, *draft.rglob("*")):
                if not file.is_symlink():
                    file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
            draft.touch()
            shutil.rmtree(target, ignore_errors=True)
            draft.rename(target)
        return copy


def named_by(pointer: Path, *, stem: str) -> Path:
    """The folder of the system's that this file names, or will from now on.

    By a name of its own: who removed the data folder, or put a fresh clone in its place, has begun anew, and must
    not be given a former life's database.
    """
    if not pointer.exists():
        draft = pointer.with_name(f"elsewhere.{os.getpid()}")
        draft.write_text(f"/var/tmp/{stem}-{secrets.token_hex(4)}", encoding="utf-8")  # noqa: S108 (see own_folder)
        draft.rename(pointer)
    return Path(pointer.read_text(encoding="utf-8"))


def own_folder(folder: Path, account: Account, mode: int) -> None:
    """Make `folder` with this owner and mode, or make sure that it is one: no link, nobody else's.

    The folders in the system's temporary places could have been put there by another user of the machine;
    the mode of the sockets' folder is the servers' only access control.
    """
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise Unavailable(
            f"{folder} belongs to another user (number {found.st_uid}). Run as that user, remove the folder, "
            "or set DATA_DIR to a folder of your own."
        )
    if stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)
