"""Make a screenshot small: the same picture with at most 256 colours, as a palette PNG.

https://www.w3.org/TR/png-3/ is what is read and written here.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KINDS = {2: 3, 6: 4}  # colour type -> bytes of a pixel: what a browser writes

Pixel = tuple[int, int, int]


def shrink(path: Path) -> None:
    """Rewrite the file; nearly the same colours become one until 256 are enough."""
    width, height, rows = _read(path.read_bytes())
    pixels = [_pixels(row, len(row) // width) for row in rows]
    for bits in range(8, 2, -1):
        coarse = [[_coarse(pixel, bits) for pixel in row] for row in pixels]
        colours = Counter(pixel for row in coarse for pixel in row)
        if len(colours) <= 256:
            break
    numbers = {colour: number for number, (colour, _) in enumerate(colours.most_common())}
    data = b"".join(b"\0" + bytes(numbers[pixel] for pixel in row) for row in coarse)
    table = b"".join(bytes(colour) for colour in numbers)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", table), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b""))
    path.write_bytes(SIGNATURE + b"".join(_chunk(*part) for part in parts))


def _coarse(pixel: Pixel, bits: int) -> Pixel:
    step = 1 << (8 - bits)
    red, green, blue = (min(255, round(part / step) * step) for part in pixel)
    return red, green, blue


def _pixels(row: bytes, size: int) -> list[Pixel]:
    return [(row[at], row[at + 1], row[at + 2]) for at in range(0, len(row), size)]


def _read(png: bytes) -> tuple[int, int, list[bytes]]:
    chunks = list(_chunks(png))
    width, height, depth, kind, *_, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in KINDS or interlaced:
        raise ValueError("only plain RGB and RGBA screenshots are known here")
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    return width, height, list(_unfiltered(data, width * KINDS[kind], KINDS[kind]))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _unfiltered(data: bytes, length: int, size: int) -> Iterator[bytes]:
    before = bytes(length)
    for at in range(0, len(data), length + 1):
        row = bytearray(data[at + 1 : at + 1 + length])
        for n in range(length):
            left = row[n - size] if n >= size else 0
            corner = before[n - size] if n >= size else 0
            row[n] = (row[n] + _guess(data[at], left, before[n], corner)) & 255
        before = bytes(row)
        yield before


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    """What each of the five filters takes away from a byte."""
    if kind == 4:
        return min((left, up, corner), key=lambda one: abs(left + up - corner - one))
    return (0, left, up, (left + up) // 2)[kind]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
