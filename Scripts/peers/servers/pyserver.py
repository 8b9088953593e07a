#!/usr/bin/env python3
"""A PyTango device server with one member of every kind.

pyserver.py INSTANCE [-nodb -dlist a/b/c -host 127.0.0.1 -port N]

Class WirePy. With a database (TANGO_HOST) its devices must be defined there as WirePy of server pyserver/INSTANCE.
"""

import enum
import sys
import time

import numpy as np
from tango import AttrQuality, AttrWriteType, CmdArgType, DevState, Except
from tango.server import Device, attribute, command, device_property, run


class Color(enum.IntEnum):
    RED = 0
    GREEN = 1
    BLUE = 2


NUMBERS = {
    "Short": (np.int16, "DevShort"),
    "Long": (np.int32, "DevLong"),
    "Long64": (np.int64, "DevLong64"),
    "UChar": (np.uint8, "DevUChar"),
    "UShort": (np.uint16, "DevUShort"),
    "ULong": (np.uint32, "DevULong"),
    "ULong64": (np.uint64, "DevULong64"),
    "Float": (np.float32, "DevFloat"),
    "Double": (np.float64, "DevDouble"),
    "Boolean": (np.bool_, "DevBoolean"),
}


def stored(name, kind, initial, **options):
    """An attribute which gives back what was written."""

    def fget(self):
        return self.values.get(name, initial)

    def fset(self, value):
        self.values[name] = value

    return attribute(name=name, dtype=kind, fget=fget, fset=fset, access=AttrWriteType.READ_WRITE, **options)


def echo(name, kind):
    def method(self, value):
        return value

    method.__name__ = name
    return command(dtype_in=kind, dtype_out=kind)(method)


class WirePy(Device):
    Sleep = device_property(dtype=float, default_value=0.5)
    Words = device_property(dtype=(str,), default_value=["one", "two"])

    def init_device(self):
        super().init_device()
        self.values = {}
        self.pushed = 0
        self.set_state(DevState.ON)
        self.set_status("ready")
        for name in ("Pushed",):
            self.set_change_event(name, True, False)
            self.set_archive_event(name, True, False)

    for _name, (_type, _kind) in NUMBERS.items():
        _tango = getattr(CmdArgType, _kind)
        locals()[f"{_name}Scalar"] = stored(f"{_name}Scalar", _tango, _type(0).item())
        locals()[f"{_name}Spectrum"] = stored(f"{_name}Spectrum", (_tango,), np.zeros(3, _type), max_dim_x=100_000)
        locals()[f"{_name}Image"] = stored(f"{_name}Image", ((_tango,),), np.zeros((2, 3), _type), max_dim_x=1000, max_dim_y=1000)
    del _name, _type, _kind, _tango

    StringScalar = stored("StringScalar", str, "text")
    StringSpectrum = stored("StringSpectrum", (str,), ["a", ""], max_dim_x=1000)
    StringImage = stored("StringImage", ((str,),), [["a", "b"], ["c", "d"]], max_dim_x=100, max_dim_y=100)
    EnumScalar = stored("EnumScalar", Color, Color.GREEN)
    EnumSpectrum = stored("EnumSpectrum", (Color,), [Color.RED, Color.BLUE], max_dim_x=10)
    Encoded = stored("Encoded", CmdArgType.DevEncoded, ("RAW", b"\x00\x01\x02"))
    Memorized = stored("Memorized", float, 0.0, memorized=True, hw_memorized=True)
    Limited = stored(
        "Limited", float, 5.0, unit="mm", label="A label", doc="with limits", format="%6.2f",
        min_value=-10, max_value=10, min_alarm=-9, max_alarm=9, min_warning=-8, max_warning=8,
        delta_val=1, delta_t=1000, abs_change=0.5, rel_change=10, period=500, archive_abs_change=1,
    )

    @attribute(dtype=CmdArgType.DevState)
    def StateScalar(self):
        return DevState.MOVING

    @attribute(dtype=float)
    def Invalid(self):
        return 1.0, time.time(), AttrQuality.ATTR_INVALID

    @attribute(dtype=float)
    def Changing(self):
        return 1.0, 1_000_000_000.25, AttrQuality.ATTR_CHANGING

    @attribute(dtype=float)
    def Failing(self):
        Except.throw_exception("WirePy_Failing", "the attribute fails on purpose", "WirePy.Failing")

    @attribute(dtype=float)
    def Raising(self):
        raise ValueError("a Python exception")

    @attribute(dtype=float)
    def Slow(self):
        time.sleep(self.Sleep)
        return self.Sleep

    @attribute(dtype=int)
    def Pushed(self):
        return self.pushed

    @attribute(dtype=float, access=AttrWriteType.WRITE)
    def WriteOnly(self):
        return 0.0

    @WriteOnly.write
    def WriteOnly(self, value):
        self.values["WriteOnly"] = value

    for _kind in (
        "DevBoolean DevShort DevLong DevLong64 DevUShort DevULong DevULong64 DevFloat DevDouble DevString DevState DevEncoded "
        "DevVarCharArray DevVarShortArray DevVarLongArray DevVarLong64Array DevVarUShortArray DevVarULongArray DevVarULong64Array "
        "DevVarFloatArray DevVarDoubleArray DevVarBooleanArray DevVarStringArray DevVarLongStringArray DevVarDoubleStringArray"
    ).split():
        locals()[f"Echo{_kind[3:]}"] = echo(f"Echo{_kind[3:]}", getattr(CmdArgType, _kind))
    del _kind

    @command
    def Nothing(self):
        pass

    @command(dtype_in=float, dtype_out=float)
    def Wait(self, seconds):
        time.sleep(seconds)
        return seconds

    @command
    def Fail(self):
        Except.throw_exception("WirePy_Fail", "the command fails on purpose", "WirePy.Fail")

    @command(dtype_in=CmdArgType.DevState)
    def SwitchTo(self, state):
        self.set_state(state)

    @command(dtype_in=int)
    def Push(self, value):
        self.pushed = value
        self.push_change_event("Pushed", value)
        self.push_archive_event("Pushed", value)

    @command(dtype_in=str, doc_in="name of a new attribute")
    def AddAttribute(self, name):
        self.add_attribute(
            attribute(name=name, dtype=float, fget=self.read_added, fset=self.write_added, access=AttrWriteType.READ_WRITE)
        )

    def read_added(self, attr):
        return self.values.get(attr.get_name(), 0.0)

    def write_added(self, attr):
        self.values[attr.get_name()] = attr.get_write_value()

    @command(dtype_in=str)
    def RemoveAttribute(self, name):
        # Without a database libtango dies when it cleans up there.
        self.remove_attribute(name, clean_db="-nodb" not in sys.argv)


if __name__ == "__main__":
    run((WirePy,))
