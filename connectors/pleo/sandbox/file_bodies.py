"""The bytes of a receipt: really of its type and exactly of its size, made piece by piece."""

import struct
import zlib
from collections.abc import Callable, Iterator

from connectors.kit.sandbox import Document

PIECE = 64 * 1024
#: Head and tail of a file that is filled up in between to its size.
Ends = Callable[[str, int], tuple[bytes, bytes]]


def pieces(file: Document) -> Iterator[bytes]:
    head, tail = _ENDS.get(file["type"], _text)(file["id"], file["size"])
    yield head
    left = int(file["size"]) - len(head) - len(tail)
    while left > 0:
        yield b"." * min(left, PIECE)
        left -= PIECE
    yield tail


def least(kind: str, file_id: str) -> int:
    """The size of the smallest one, about: a size must not be less."""
    return sum(map(len, _ENDS.get(kind, _text)(file_id, 0)))


def small_pdf(file_id: str) -> Document:
    """The receipt of an entry that tells no more of its file than the id."""
    return {"id": file_id, "type": "application/pdf", "size": least("application/pdf", file_id) + 10}


def _pdf(file_id: str, size: int) -> tuple[bytes, bytes]:
    """One page that says which receipt it is; a comment before the table fills it up."""
    text = f"BT /F1 18 Tf 40 100 Td (Receipt {file_id[:8]}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(parts) + 1
    rest = b"\nxref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n" % (
        count,
        table,
        count,
    )
    end = b"\n%%EOF\n"
    start = size - len(end) - 10 - len(rest) + 1
    return body + b"%", rest + b"%010d" % max(start, 0) + end


def _png(file_id: str, size: int) -> tuple[bytes, bytes]:
    """One grey point; a private chunk of its own fills it up."""
    head = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    head += _chunk(b"tEXt", b"Title\0Receipt " + file_id.encode()) + _chunk(b"IDAT", zlib.compress(b"\0\x80"))
    end = _chunk(b"IEND", b"")
    length = max(size - len(head) - 12 - len(end), 0)
    check = zlib.crc32(b"paDd")
    for start in range(0, length, PIECE):
        check = zlib.crc32(b"." * min(PIECE, length - start), check)
    return head + struct.pack(">I", length) + b"paDd", struct.pack(">I", check) + end


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _jpeg(file_id: str, size: int) -> tuple[bytes, bytes]:
    """One grey point, filled up before its end, which decoders skip."""
    note = f"Receipt {file_id}".encode()
    segments = [
        (0xFE, note),
        (0xDB, b"\0" + b"\1" * 64),  # quantisation
        (0xC0, b"\x08\0\1\0\1\1\1\x11\0"),  # 8 bits, 1 by 1, one component
        (0xC4, b"\0\1" + b"\0" * 15 + b"\0"),  # Huffman: one code each
        (0xC4, b"\x10\1" + b"\0" * 15 + b"\0"),
        (0xDA, b"\1\1\0\0\x3f\0"),
    ]
    body = b"".join(struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in segments)
    return b"\xff\xd8" + body + b"\x3f", b"\xff\xd9"


def _heic(file_id: str, size: int) -> tuple[bytes, bytes]:
    kind = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic"
    return kind + struct.pack(">I", max(size - len(kind), 8)) + b"free" + file_id.encode(), b""


def _html(file_id: str, size: int) -> tuple[bytes, bytes]:
    return f"<!doctype html><title>Receipt {file_id}</title><!--".encode(), b"-->\n"


def _text(file_id: str, size: int) -> tuple[bytes, bytes]:
    return f"Receipt {file_id}\n".encode(), b"\n"


_ENDS: dict[str, Ends] = {
    "application/pdf": _pdf,
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/heic": _heic,
    "text/html": _html,
    "text/plain": _text,
}
