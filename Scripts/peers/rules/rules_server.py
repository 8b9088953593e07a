#!/usr/bin/env python3
"""A PyTango device server made to answer for the rules: class Rules, the twin of Tests/InteropTests/Support/RulesDevice.swift.

rules_server.py INSTANCE     its devices are defined in the database as Rules of server rules_server/INSTANCE

Every attribute gives back what was written, or what SetValue said. See the members of Rules for what can be arranged.
"""

import time

import numpy as np
from tango import AttReqType, AttrDataFormat, AttrQuality, AttrWriteType, CmdArgType, DevState, DispLevel, Except
from tango.server import Device, attribute, command, run

# name: (type, array element, value read before anything was written)
TYPES = {
    "boolean": (CmdArgType.DevBoolean, np.bool_, False),
    "uchar": (CmdArgType.DevUChar, np.uint8, 50),
    "short": (CmdArgType.DevShort, np.int16, 50),
    "ushort": (CmdArgType.DevUShort, np.uint16, 50),
    "long": (CmdArgType.DevLong, np.int32, 50),
    "ulong": (CmdArgType.DevULong, np.uint32, 50),
    "long64": (CmdArgType.DevLong64, np.int64, 50),
    "ulong64": (CmdArgType.DevULong64, np.uint64, 50),
    "float": (CmdArgType.DevFloat, np.float32, 50.0),
    "double": (CmdArgType.DevDouble, np.float64, 50.0),
    "string": (CmdArgType.DevString, None, "initial"),
    "state": (CmdArgType.DevState, None, DevState.OPEN),
    "enum": (CmdArgType.DevEnum, np.int16, 1),
    "encoded": (CmdArgType.DevEncoded, None, ("RAW", b"data")),
}
NUMBERS = "uchar short ushort long ulong long64 ulong64 float double".split()
TEXTS = {
    "label": "User label",
    "doc": "User description",
    "unit": "V",
    "standard_unit": "1000",
    "display_unit": "mV",
    "period": "500",
    "archive_period": "5000",
}
LIMITS = {
    "min_value": "10",
    "max_value": "100",
    "min_alarm": "20",
    "max_alarm": "90",
    "min_warning": "30",
    "max_warning": "80",
    "delta_t": "100000000",
    "delta_val": "5",
    "abs_change": "1",
    "rel_change": "2",
    "archive_abs_change": "3",
    "archive_rel_change": "4",
}
FORMATS = {"float": "%8.3f", "double": "%8.3f", "string": "%10s", "enum": "%10s", "boolean": "%d", "state": "%d", "encoded": "%d"}
LABELS = ["LOW", "MIDDLE", "HIGH"]
COLUMNS, ROWS = 4, 3  # limits of images
LENGTH = 5  # limit of spectra


def initial(kind, data_format):
    value = TYPES[kind][2]
    if data_format == "scalar":
        return value
    row = [value] * 3
    return row if data_format == "spectrum" else [row, row]


def shaped(kind, data_format, value):
    """A value as libtango takes it."""
    if data_format != "scalar" and TYPES[kind][1] is not None:
        return np.array(value, dtype=TYPES[kind][1])
    return value


def parsed(kind, texts):
    if kind == "boolean":
        return [text == "true" for text in texts]
    if kind in ("string",):
        return texts
    if kind == "state":
        return [getattr(DevState, text) for text in texts]
    if kind == "encoded":
        return [(texts[0], texts[1].encode())]
    return [TYPES[kind][1](float(text) if kind in ("float", "double") else int(text)).item() for text in texts]


def member(name, kind, data_format="scalar", access="rw", is_allowed=None, **options):
    """An attribute and what Rules must know of it."""
    tango_type = TYPES[kind][0]
    dtype = {"scalar": tango_type, "spectrum": (tango_type,), "image": ((tango_type,),)}[data_format]
    if data_format == "spectrum":
        options.update(max_dim_x=LENGTH)
    elif data_format == "image":
        options.update(max_dim_x=COLUMNS, max_dim_y=ROWS)
    if kind == "enum":
        options.update(enum_labels=LABELS)

    def fget(self, attr=None):
        return self.reading(name, kind, data_format)

    def fset(self, value):
        self.written(name, value)

    def fset_dynamic(self, attr):
        self.written(name, attr.get_write_value())

    if options.pop("dynamic", False):
        fset = fset_dynamic
    if access != "w":
        options.update(fget=fget)
    if access != "r":
        options.update(fset=fset)
    if is_allowed is not None:
        options.update(fisallowed=is_allowed)
    kinds = {"r": AttrWriteType.READ, "w": AttrWriteType.WRITE, "rw": AttrWriteType.READ_WRITE}
    return attribute(name=name, dtype=dtype, access=kinds[access], **options)


def while_not_standby(self, request):
    return self.get_state() != DevState.STANDBY


def reads_in_standby(self, request):
    return request == AttReqType.READ_REQ or self.get_state() != DevState.STANDBY


def never(self, request):
    return False


def of_every_type():
    for kind in TYPES:
        yield member(f"{kind}_plain", kind)
    for kind in TYPES:
        limits = LIMITS if kind in NUMBERS else {}
        yield member(f"{kind}_user", kind, format=FORMATS.get(kind, "%5d"), **TEXTS, **limits)
    for kind in TYPES:
        if kind == "encoded":
            continue
        limits = {name: LIMITS[name] for name in ("min_value", "max_value", "min_alarm", "max_alarm")} if kind in NUMBERS else {}
        yield member(f"{kind}_spec", kind, "spectrum", **limits)
        yield member(f"{kind}_image", kind, "image", **limits)
        if kind != "state":
            yield member(f"{kind}_mem", kind, memorized=True)
            yield member(f"{kind}_mem_init", kind, memorized=True, hw_memorized=True)


class Rules(Device):
    def init_device(self):
        super().init_device()
        self.values, self.qualities, self.failing = {}, {}, {}
        self.hooks_to_fail = 0
        properties = self.get_device_properties_of("FailWrites", "FailInit")
        if "FailWrites" in properties:
            for name in properties["FailWrites"]:
                self.failing[name] = "write"
        self.set_state(DevState.ON)
        if "FailInit" in properties:
            Except.throw_exception("Rules_Init", "the device does not start on purpose", "Rules.init_device")

    def get_device_properties_of(self, *names):
        from tango import Util

        database = Util.instance().get_database()
        found = database.get_device_property(self.get_name(), list(names))
        return {name: list(values) for name, values in found.items() if len(values)}

    def always_executed_hook(self):
        if self.hooks_to_fail > 0:
            self.hooks_to_fail -= 1
            Except.throw_exception("Rules_Hook", "the hook fails on purpose", "Rules.always_executed_hook")

    def reading(self, name, kind, data_format):
        failing = self.failing.get(name)
        if failing == "read":
            Except.throw_exception("Rules_Read", f"reading {name} fails on purpose", "Rules.reading")
        if failing == "nothing":
            return None
        value = shaped(kind, data_format, self.values.get(name, initial(kind, data_format)))
        if name in self.qualities:
            quality, seconds = self.qualities[name]
            when = time.time() if seconds is None else seconds
            return (*value, when, quality) if kind == "encoded" else (value, when, quality)
        return value

    def written(self, name, value):
        if self.failing.get(name) == "write":
            Except.throw_exception("Rules_Write", f"writing {name} fails on purpose", "Rules.written")
        self.values[name] = value

    for _member in of_every_type():
        locals()[_member.attr_name] = _member
    del _member

    limited_mem = member("limited_mem", "double", memorized=True, min_value="-10", max_value="10")
    limited_mem_init = member("limited_mem_init", "double", memorized=True, hw_memorized=True, min_value="-10", max_value="10")
    write_mem = member("write_mem", "double", access="w", memorized=True)
    write_mem_init = member("write_mem_init", "double", access="w", memorized=True, hw_memorized=True)
    write_only = member("write_only", "long", access="w")
    write_string = member("write_string", "string", access="w")
    write_spec = member("write_spec", "double", "spectrum", access="w")
    read_only = member("read_only", "double", access="r", **LIMITS)
    read_plain = member("read_plain", "long", access="r")
    read_spec = member("read_spec", "long", "spectrum", access="r", min_warning="20", max_warning="90")
    read_image = member("read_image", "double", "image", access="r", min_alarm="20", max_alarm="90")
    forbidden = member("forbidden", "double", is_allowed=while_not_standby, min_alarm="20", max_alarm="90")
    forbidden_write = member("forbidden_write", "double", is_allowed=reads_in_standby)
    never = member("never", "double", is_allowed=never)
    expert = member("expert", "double", display_level=DispLevel.EXPERT)
    rds = member("rds", "double", delta_t="20", delta_val="5")
    rds_spec = member("rds_spec", "long", "spectrum", delta_t="20", delta_val="5")

    @command(dtype_in=CmdArgType.DevVarStringArray, doc_in="attribute, columns, rows (0: not an image), elements...")
    def SetValue(self, argument):
        name, columns, rows = argument[0], int(argument[1]), int(argument[2])
        config = self.get_device_attr().get_attr_by_name(name)
        kind = next(kind for kind in TYPES if int(TYPES[kind][0]) == config.get_data_type())
        values = parsed(kind, list(argument[3:]))
        if config.get_data_format() == AttrDataFormat.SCALAR:
            self.values[name] = values[0]
        elif config.get_data_format() == AttrDataFormat.SPECTRUM:
            self.values[name] = values
        else:
            self.values[name] = [values[row * columns : (row + 1) * columns] for row in range(rows)]

    @command(dtype_in=CmdArgType.DevVarStringArray, doc_in="attribute, VALID|INVALID|ALARM|WARNING|CHANGING|NONE[, seconds]")
    def SetQuality(self, argument):
        if argument[1] == "NONE":
            self.qualities.pop(argument[0], None)
        else:
            seconds = float(argument[2]) if len(argument) > 2 else None
            self.qualities[argument[0]] = (getattr(AttrQuality, f"ATTR_{argument[1]}"), seconds)

    @command(dtype_in=CmdArgType.DevVarStringArray, doc_in="attribute, what goes wrong: read|write|nothing|none")
    def Fail(self, argument):
        self.failing[argument[0]] = argument[1]

    @command(dtype_in=CmdArgType.DevLong, doc_in="how many of the next hooks fail")
    def FailHooks(self, count):
        self.hooks_to_fail = count

    @command(dtype_in=CmdArgType.DevState)
    def SetState(self, state):
        self.set_state(state)

    @command(dtype_in=CmdArgType.DevString)
    def SetStatus(self, status):
        self.set_status(status)

    @command(dtype_in=CmdArgType.DevDouble, dtype_out=CmdArgType.DevDouble, doc_in="a number", doc_out="the same")
    def Echo(self, value):
        return value

    @command(dtype_in=CmdArgType.DevLong, dtype_out=CmdArgType.DevLong, fisallowed=lambda self: self.get_state() != DevState.STANDBY)
    def Forbidden(self, value):
        return value

    @command
    def Throw(self):
        Except.throw_exception("Rules_Command", "the command fails on purpose", "Rules.Throw")

    @command(dtype_in=CmdArgType.DevVarStringArray, doc_in="name, kind, scalar|spectrum|image, r|w|rw, option=value...")
    def AddAttribute(self, argument):
        name, kind, data_format, access = argument[:4]
        options = dict(item.split("=", 1) for item in argument[4:])
        memorized = options.pop("memorized", "")
        if memorized:
            options.update(memorized=True, hw_memorized=memorized == "init")
        self.add_attribute(member(name, kind, data_format, access, dynamic=True, **options))

    @command(dtype_in=CmdArgType.DevVarStringArray, doc_in="name, clean|keep: what the database has")
    def RemoveAttribute(self, argument):
        self.remove_attribute(argument[0], clean_db=argument[1] == "clean")

    @command(dtype_in=CmdArgType.DevVarStringArray, doc_in="name, type of argument, type of result, device|class")
    def AddCommand(self, argument):
        name, given, result, level = argument

        def method(*arguments):
            return arguments[-1] if result != "DevVoid" else None

        method.__name__ = name
        made = command(dtype_in=getattr(CmdArgType, given), dtype_out=getattr(CmdArgType, result))(method)
        self.add_command(made, level == "device")

    @command(dtype_in=CmdArgType.DevString)
    def RemoveCommand(self, name):
        self.remove_command(name)


if __name__ == "__main__":
    run((Rules,))
