"""What a file is that should have been a GGUF, from its first bytes."""

from __future__ import annotations

_CONVERT = "fetch the GGUF version of the model, or convert it with llama.cpp's convert_hf_to_gguf.py"
_AGAIN = "fetch the file itself, for example with warmchat models pull hf:OWNER/REPO"

# (first bytes, what it is, what to do)
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs", "it is a Git LFS pointer: a note of where the file is", f"git lfs pull, or {_AGAIN}"),
    (b"PK\x03\x04", "it looks like a zip archive or a PyTorch checkpoint", _CONVERT),
    (b"\x80\x02", "it looks like a PyTorch checkpoint", _CONVERT),
    (b"\x80\x04", "it looks like a Python pickle", _CONVERT),
    (b"\x1f\x8b", "it looks like a gzip archive", "unpack it first"),
    (b"7z\xbc\xaf", "it looks like a 7z archive", "unpack it first"),
    (b"\xfd7zXZ", "it looks like an xz archive", "unpack it first"),
    (b"lmgg", "it is a GGML file of before 2023, which llama.cpp no longer reads", _CONVERT),
    (b"fmgg", "it is a GGML file of before 2023, which llama.cpp no longer reads", _CONVERT),
    (b"tjgg", "it is a GGML file of before 2023, which llama.cpp no longer reads", _CONVERT),
    (b"algg", "it is a GGLA adapter of before 2023, which llama.cpp no longer reads", _CONVERT),
    (b"\x89HDF", "it looks like an HDF5 file", _CONVERT),
    (b"\x7fELF", "it looks like a program", _AGAIN),
    (b"%PDF", "it looks like a PDF", _AGAIN),
    (b"SQLite format 3", "it looks like an SQLite database", _AGAIN),
)
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<?xml")


def looks_like(start: bytes, size: int) -> tuple[str, str]:
    """What a file of `size` bytes that begins with `start` (512 bytes are enough) looks like, and what to do."""
    if size == 0:
        return "it is empty", _AGAIN
    for first, what, hint in _STARTS:
        if start.startswith(first):
            return what, hint
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    length = int.from_bytes(start[:8], "little")  # of a safetensors file's JSON header
    signs = (
        (not start.strip(b"\0"), "it begins with zeros, as a download does that never ended", _AGAIN),
        (text.startswith(_PAGES), "it looks like a web page, perhaps one that asks to log in", _AGAIN),
        (start[8:9] == b"{" and length < size, "it looks like a safetensors file", _CONVERT),
        (text.startswith((b"{", b"[")), "it looks like JSON", _AGAIN),
        (all(byte >= 32 or byte in b"\t\r\n" for byte in start), "it looks like a text file", _AGAIN),
    )
    found = ((what, hint) for holds, what, hint in signs if holds)
    return next(found, ("it begins with none of the bytes that are known here", _AGAIN))
