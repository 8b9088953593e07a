#!/usr/bin/env python3
"""A PyTango device whose members are hard to show: pagedevice.py INSTANCE. Class Showcase.

What it says holds markup; its numbers are large, missing or out of range; its members are of expert level; its errors are stacks.
"""

import enum
import sys
import time

import numpy as np
from tango import AttrQuality, DevFailed, DevState, DispLevel, Except
from tango.server import Device, attribute, command, run

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 1\"> &amp; \"quoted\""


class Mode(enum.IntEnum):
    MANUAL = 0
    AUTOMATIC = 1
    REMOTE = 2


class Showcase(Device):
    def init_device(self):
        super().init_device()
        self.values = {"current": 12.5, "mode": Mode.MANUAL, "wide": 2**53 + 1, "text": HOSTILE, "points": [1.0, 2.0, 3.0], "enabled": True,
                       "motor": 40.0, "register": 255}
        for name in ("motor", "register"):
            self.get_device_attr().get_w_attr_by_name(name).set_write_value(self.values[name])
        self.start = time.monotonic()
        self.set_state(DevState.ALARM)
        self.set_status(f"The interlock is open. {HOSTILE}\nSecond line")

    def level(self):
        return time.monotonic() - self.start

    @attribute(dtype=float, unit="A", label="Magnet current", format="%8.3f", min_value=-100, max_value=100, max_alarm=50, doc="Current of the main coil")
    def current(self):
        return self.values["current"]

    @current.write
    def current(self, value):
        if value == 13:
            try:
                Except.throw_exception("PS_Interlock", "The door of zone 4 is open", "PowerSupply::check")
            except DevFailed as failure:
                Except.re_throw_exception(failure, "PS_Refused", "The supply refuses 13 A", "Showcase::write_current")
        self.values["current"] = value

    @attribute(dtype=float, unit="mbar", label="Vacuum pressure")
    def pressure(self):
        return 1.2e-7 * (1.2 + np.sin(self.level()))

    @attribute(dtype=float, unit="°C", label="<b>Temperature</b>", max_alarm=40, max_warning=30)
    def temperature(self):
        return 45.5, time.time(), AttrQuality.ATTR_ALARM

    @attribute(dtype=float, unit="l/min")
    def flow(self):
        return 3.25, time.time(), AttrQuality.ATTR_WARNING

    @attribute(dtype=float, unit="mm")
    def position(self):
        return self.level() % 10, time.time(), AttrQuality.ATTR_CHANGING

    @attribute(dtype=float)
    def absent(self):
        return 0.0, time.time(), AttrQuality.ATTR_INVALID

    @attribute(dtype=float)
    def notANumber(self):
        return float("nan")

    @attribute(dtype=(float,), max_dim_x=8)
    def limits(self):
        return [1.5, float("nan"), float("inf"), float("-inf")]

    @attribute(dtype="DevLong64")
    def wide(self):
        return self.values["wide"]

    @wide.write
    def wide(self, value):
        self.values["wide"] = value

    @attribute(dtype=float, unit="mm", format="%.3f", doc="Never where it is sent")
    def motor(self):
        return self.values["motor"] + 1.25

    @motor.write
    def motor(self, value):
        self.values["motor"] = value

    @attribute(dtype="DevULong", format="%x")
    def register(self):
        return self.values["register"] + 1

    @register.write
    def register(self, value):
        self.values["register"] = value

    @attribute(dtype="DevULong64")
    def largest(self):
        return 2**64 - 1

    @attribute(dtype=Mode)
    def mode(self):
        return self.values["mode"]

    @mode.write
    def mode(self, value):
        self.values["mode"] = value

    @attribute(dtype=bool)
    def enabled(self):
        return self.values["enabled"]

    @enabled.write
    def enabled(self, value):
        self.values["enabled"] = value

    @attribute(dtype=str)
    def text(self):
        return self.values["text"]

    @text.write
    def text(self, value):
        self.values["text"] = value

    @attribute(dtype=(float,), max_dim_x=4096)
    def points(self):
        return self.values["points"]

    @points.write
    def points(self, value):
        self.values["points"] = value

    @attribute(dtype=(float,), max_dim_x=4096, label="Beam profile")
    def profile(self):
        x = np.linspace(-4, 4, 1024)
        return np.exp(-((x - np.sin(self.level())) ** 2)) + 0.02 * np.random.random(1024)

    @attribute(dtype=((np.uint16,),), max_dim_x=512, max_dim_y=512, label="Beam spot")
    def spot(self):
        y, x = np.mgrid[0:120, 0:160]
        return (4000 * np.exp(-(((x - 80) / 25) ** 2 + ((y - 60) / 15) ** 2)) + 50).astype(np.uint16)

    @attribute(dtype=str)
    def novel(self):
        return "All work and no play. " * 5000

    @attribute(dtype=float, display_level=DispLevel.EXPERT)
    def gain(self):
        return 0.5

    @attribute(dtype=float)
    def broken(self):
        Except.throw_exception("Sensor_Lost", f"No sensor at address 7 {HOSTILE}", "Showcase::broken")

    @command(dtype_in=float, doc_in="Target in A", dtype_out=str, doc_out="What was done")
    def Ramp(self, value):
        return f"ramping to {value} {HOSTILE}"

    @command
    def Fail(self):
        try:
            Except.throw_exception("PS_Fuse", "Fuse 3 is blown", "PowerSupply::fuse")
        except DevFailed as failure:
            Except.re_throw_exception(failure, "PS_CannotStart", "The supply does not start", "Showcase::Fail")

    @command(dtype_in=(int,), dtype_out=("int64",))
    def Double(self, values):
        return [2 * value for value in values]

    @command(display_level=DispLevel.EXPERT, dtype_out=int)
    def Erase(self):
        return 42


if __name__ == "__main__":
    run([Showcase], args=["pagedevice", *sys.argv[1:]])
