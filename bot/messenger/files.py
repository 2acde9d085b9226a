"""Where are the photos, voices and papers people send? On a shelf in memory, under the identifiers a bot knows."""

from __future__ import annotations

import hashlib
import secrets
import struct
from dataclasses import dataclass

from bot.messenger.refusals import bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024  # getFile, Bot API text
PHOTO_LIMIT = 10 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file; ``file_id`` is what a bot keeps, ``path`` what it downloads by."""

    file_id: str
    file_unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


class Shelf:
    """All files of a messenger, found by identifier or by path."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def put(self, folder: str, content: bytes, *, name: str, mime_type: str) -> StoredFile:
        """The file can be fetched from now on."""
        extension = name.rsplit(".", 1)[-1].lower() if "." in name else "dat"
        kept = StoredFile(
            file_id=f"AgAC{secrets.token_urlsafe(40)}",
            file_unique_id=f"AQAD{hashlib.sha256(content + folder.encode()).hexdigest()[:12]}",
            path=f"{folder}/file_{len(self._by_id)}.{extension}",
            name=name,
            mime_type=mime_type,
            content=content,
        )
        self._by_id[kept.file_id] = kept
        self._by_path[kept.path] = kept
        return kept

    def by_id(self, file_id: str) -> StoredFile | None:
        """The file, or nothing when the identifier was never given out."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """The file, or nothing; too big a file cannot be fetched this way either."""
        found = self._by_path.get(path)
        return found if found is not None and found.size <= DOWNLOAD_LIMIT else None

    def downloadable(self, file_id: str) -> StoredFile:
        """The file a bot may fetch; 400 when unknown or above 20 MB."""
        found = self._by_id.get(file_id)
        if found is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if found.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return found


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG, read from its header; a plausible size for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content[:2] == b"\xff\xd8":
        at = 2
        while at + 9 <= len(content) and content[at] == 0xFF:
            marker = content[at + 1]
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack(">HH", content[at + 5 : at + 9])
                return int(width), int(height)
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return 1280, 960
