#!/usr/bin/env python3
"""A PyTango device server whose texts have letters beyond ASCII, twin of Tests/InteropTests/Support/LettersDevice.swift.

textserver.py INSTANCE
"""

import sys

from tango import DevState, Except
from tango.server import Device, attribute, command, run


class Letters(Device):
    def init_device(self):
        super().init_device()
        self.note = "é"
        self.set_state(DevState.ON)
        self.set_status("Tür offen, 5 °C")

    @attribute(dtype=float, unit="°C", label="Größe in µm", doc="Ω und ℃")
    def Temperature(self):
        return 1.5

    @attribute(dtype="DevEnum", enum_labels=["mA", "µA", "℃"])
    def Scale(self):
        return 1

    @attribute(dtype=str)
    def Note(self):
        return self.note

    @Note.write
    def Note(self, value):
        self.note = value

    @attribute(dtype=float)
    def Broken(self):
        Except.throw_exception("Letters_Hot", "zu heiß: 90 °C", "Größe")

    @command(dtype_in=str, dtype_out=str, doc_in="Länge in µm", doc_out="Fläche in µm²")
    def Echo(self, value):
        return value


if __name__ == "__main__":
    run((Letters,), args=["Letters"] + sys.argv[1:])
