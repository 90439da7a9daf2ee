"""Messages over two pipes: the length of a JSON header, the header, then raw little-endian arrays in the order it names."""
import json
import struct

import numpy

LENGTH = struct.Struct("<I")
# A header names a few arrays; more is another program's bytes.
LARGEST_HEADER = 64 << 20
# Pieces that a pipe passes on without a copy of the whole.
PIECE_BYTES = 1 << 20
TYPES = {"i32": "<i4", "u32": "<u4", "f32": "<f4", "f64": "<f8"}
NAMES = {numpy.dtype(text): name for name, text in TYPES.items()}


def read_exactly(stream, count):
    """`count` bytes; None where the stream ends before them."""
    data = bytearray(count)
    view, filled = memoryview(data), 0
    while filled < count:
        read = stream.readinto(view[filled:filled + PIECE_BYTES])
        if not read:
            return None
        filled += read
    return data


def read_message(stream):
    """(header, arrays by name), or None at the stream's end."""
    length = read_exactly(stream, LENGTH.size)
    if length is None:
        return None
    (size,) = LENGTH.unpack(length)
    if size > LARGEST_HEADER:
        raise ValueError(f"a header of {size} bytes")
    header = read_exactly(stream, size)
    if header is None:
        return None
    message = json.loads(header)
    arrays = {}
    for name, kind, shape in message.pop("arrays", []):
        dtype = numpy.dtype(TYPES[kind])
        data = read_exactly(stream, int(numpy.prod(shape, dtype=numpy.int64)) * dtype.itemsize)
        if data is None:
            return None
        arrays[name] = numpy.frombuffer(data, dtype).reshape(shape)
    return message, arrays


def write_message(stream, message, arrays=None):
    """Writes one message and flushes it; arrays are 32-bit integers, or 32- or 64-bit floats."""
    named = [(name, numpy.ascontiguousarray(array)) for name, array in (arrays or {}).items()]
    described = [[name, NAMES[array.dtype], list(array.shape)] for name, array in named]
    header = json.dumps({**message, "arrays": described}, allow_nan=False).encode()
    stream.write(LENGTH.pack(len(header)))
    stream.write(header)
    for _, array in named:
        view = memoryview(array.reshape(-1)).cast("B")
        for start in range(0, len(view), PIECE_BYTES):
            stream.write(view[start:start + PIECE_BYTES])
    stream.flush()
