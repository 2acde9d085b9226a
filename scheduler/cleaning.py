"""What does a picture show, and what else was in it? Decoded and written anew: where and with what it was taken stays
here.
"""

from io import BytesIO

LONGEST_SIDE = 2048
"""Pixels: enough to read a number plate on a desk's screen, and half a megabyte to send."""
MOST_PIXELS = 40_000_000
"""A picture of more is not decoded: 40 million take 160 MB of memory, and a few kilobytes may hold billions."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")
"""What telephones and screenshots make; every further decoder is one more way to be hurt."""


class NotShown(Exception):
    """The picture cannot be shown to anybody else: it is none, it is broken, or it is too large."""


def cleaned(content: bytes) -> bytes:
    """The same picture as a plain JPEG, upright, at most 2,048 pixels long; `NotShown` says no, whatever it was given.

    Nothing of the file it came from is copied but the colours: no EXIF, GPS, XMP, colour profile, comment or thumbnail
    (domain B6; users.md rule 1).
    """
    from PIL import Image, ImageOps  # not at the top: processes that fetch nothing do without its 10 MB

    try:
        with Image.open(BytesIO(content), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NotShown("too large")
            shown = ImageOps.exif_transpose(found)
            shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            bare = Image.new("RGB", shown.size, "white")  # knows nothing of the file
            if shown.has_transparency_data:
                coloured = shown.convert("RGBA")
                bare.paste(coloured, mask=coloured)
            else:
                bare.paste(shown.convert("RGB"))
    except NotShown:
        raise
    except Exception as error:  # decoders raise whatever they trip over, a bomb's warning among it
        raise NotShown(type(error).__name__) from None
    written = BytesIO()
    bare.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
