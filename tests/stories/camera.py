"""What do telephones send? Pictures with all a camera writes into them, and files that only look like pictures."""

import struct
import zlib
from io import BytesIO

from PIL import Image

NOTE = b"taken by a neighbour"


def snapshot(*, size: tuple[int, int] = (640, 480), number: int = 0, turned: bool = False) -> bytes:
    """A JPEG with place, camera, comment and colour profile; `turned`: held upright, as orientation 6 says."""
    image = Image.new("RGB", size, (number * 20 % 255, 90, 120))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Camera", "Model 7"
    exif[0x0112] = 6 if turned else 1
    exif.get_ifd(0x8825).update({1: "N", 2: (24.0, 54.0, 30.5), 3: "E", 4: (118.0, 35.0, 12.25)})
    written = BytesIO()
    image.save(written, "JPEG", exif=exif, comment=NOTE, xmp=b"<x:xmpmeta>24.9084</x:xmpmeta>", icc_profile=b"icc" * 50)
    return written.getvalue()


def screenshot() -> bytes:
    """A PNG with a see-through corner."""
    written = BytesIO()
    Image.new("RGBA", (30, 60), (0, 0, 0, 0)).save(written, "PNG")
    return written.getvalue()


def bomb(width: int = 10_000, height: int = 5_000) -> bytes:
    """A PNG of a few kilobytes that says it is 50 megapixels, and is."""
    lines = zlib.compress(bytes((width // 8 + 1) * min(height, 5_000)), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
