"""Sample values of every Tango type, comparison of values, addresses: what pyclient.py and compare.py share."""

import enum
import math

import numpy as np
import tango
from tango import CmdArgType as T

INTEGERS = {
    T.DevShort: (np.int16, [0, 1, -1, 300, -32768, 32767]),
    T.DevLong: (np.int32, [0, 1, -1, 70000, -(2**31), 2**31 - 1]),
    T.DevLong64: (np.int64, [0, 1, -1, 2**40, -(2**63), 2**63 - 1]),
    T.DevUChar: (np.uint8, [0, 1, 200, 255]),
    T.DevUShort: (np.uint16, [0, 1, 40000, 65535]),
    T.DevULong: (np.uint32, [0, 1, 3_000_000_000, 2**32 - 1]),
    T.DevULong64: (np.uint64, [0, 1, 2**63 + 5, 2**64 - 1]),
}
FLOATS = {
    T.DevFloat: (np.float32, [0.0, 1.5, -2.25, 3.0e38, 1.0e-40]),
    T.DevDouble: (np.float64, [0.0, 1.5, -2.25, 1.0e308, 5.0e-324, 0.1]),
}
NUMBERS = {**INTEGERS, **FLOATS}
STRINGS = ["", "plain", "two words", 'quote " backslash \\ tab \t line \n end', "caf\xe9"]
ARRAYS = {
    T.DevVarCharArray: T.DevUChar,
    T.DevVarShortArray: T.DevShort,
    T.DevVarLongArray: T.DevLong,
    T.DevVarLong64Array: T.DevLong64,
    T.DevVarUShortArray: T.DevUShort,
    T.DevVarULongArray: T.DevULong,
    T.DevVarULong64Array: T.DevULong64,
    T.DevVarFloatArray: T.DevFloat,
    T.DevVarDoubleArray: T.DevDouble,
}


def open_device(host, device):
    """HOST is host:port of a database, or of the server itself when DEVICE ends with #dbase=no."""
    proxy = tango.DeviceProxy(f"tango://{host}/{device}")
    proxy.set_timeout_millis(10_000)
    return proxy


def scalars(config):
    """Values to write into one element of an attribute."""
    kind = T(config.data_type)
    if kind == T.DevBoolean:
        return [True, False]
    if kind == T.DevString:
        return STRINGS
    if kind == T.DevEnum:
        return list(range(len(config.enum_labels)))
    return [NUMBERS[kind][0](value).item() for value in NUMBERS[kind][1]] if kind in NUMBERS else []


def array(kind, values):
    kind = T(kind)
    if kind == T.DevString:
        return list(values)
    dtype = np.bool_ if kind == T.DevBoolean else np.int16 if kind == T.DevEnum else NUMBERS[kind][0]
    return np.array(values, dtype=dtype)


def cycle(values, count):
    return [values[i % len(values)] for i in range(count)]


def writes(config):
    """Values to write into an attribute: the limits of its type, empty, short and long ones."""
    single = scalars(config)
    if not single:
        return []
    if config.data_format == tango.AttrDataFormat.SCALAR:
        return single
    if config.data_format == tango.AttrDataFormat.SPECTRUM:
        counts = [n for n in (0, 1, 3, 256, 300, config.max_dim_x) if n <= config.max_dim_x]
        return [array(config.data_type, cycle(single, n)) for n in dict.fromkeys(counts)]
    sizes = [(1, 1), (2, 3), (40, 25)]  # rows, columns
    if config.data_type != T.DevString:
        sizes.append((config.max_dim_y, config.max_dim_x))
    images = []
    for rows, columns in sizes:
        flat = cycle(single, rows * columns)
        if config.data_type == T.DevString:
            images.append([flat[r * columns : (r + 1) * columns] for r in range(rows)])
        else:
            images.append(array(config.data_type, flat).reshape(rows, columns))
    return images


def arguments(kind):
    """Arguments for a command of an input type; None stands for no argument."""
    kind = T(kind)
    if kind == T.DevVoid:
        return [None]
    if kind == T.DevBoolean:
        return [True, False]
    if kind in (T.DevString, T.ConstDevString):
        return STRINGS
    if kind in NUMBERS:
        extra = [math.nan, math.inf, -math.inf] if kind in FLOATS else []
        return [NUMBERS[kind][0](value).item() for value in NUMBERS[kind][1]] + extra
    if kind in ARRAYS:
        values = NUMBERS[ARRAYS[kind]][1]
        return [array(ARRAYS[kind], values[:n]) for n in (0, 1, len(values))] + [array(ARRAYS[kind], cycle(values, 10_000))]
    if kind == T.DevVarStringArray:
        return [[], ["one"], STRINGS, cycle(STRINGS, 1000)]
    if kind == T.DevVarBooleanArray:
        return [[], [True], [True, False, True]]
    if kind in (T.DevVarLongStringArray, T.DevVarDoubleStringArray):
        element = T.DevLong if kind == T.DevVarLongStringArray else T.DevDouble
        values = NUMBERS[element][1]
        return [(array(element, values[:n]), STRINGS[:m]) for n, m in ((0, 0), (1, 0), (0, 2), (len(values), 5))]
    if kind == T.DevState:
        return [tango.DevState.ON, tango.DevState.UNKNOWN]
    if kind == T.DevEncoded:
        return [("", b""), ("RAW", bytes(range(256)))]
    return []


def plain(value):
    """A value as numbers, strings and lists only; an absent value is an empty list."""
    if value is None:
        return []
    if isinstance(value, (bytes, bytearray)):
        return list(value)
    if isinstance(value, tango.DevState):
        return str(value)
    if isinstance(value, enum.IntEnum):
        return int(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def same(left, right):
    left, right = plain(left), plain(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left) and math.isnan(right):
        return True
    return type(left) is type(right) and left == right


def brief(value):
    text = repr(plain(value))
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


def reason(action, *args):
    """The reason of the first error that the call raises, or None when it succeeds."""
    try:
        action(*args)
    except tango.DevFailed as failed:
        return failed.args[0].reason
    return None


def loses_long_image(proxy):
    """libtango 9 servers die when long_image is written."""
    return proxy.info().server_version < 6 and proxy.info().dev_class == "TangoTest"
