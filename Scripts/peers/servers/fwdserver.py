#!/usr/bin/env python3
"""A PyTango device server with forwarded attributes, twin of the classes in Tests/InteropTests/Support/ForwardingDevice.swift.

fwdserver.py INSTANCE

Classes Forwarding, which has some of every kind, and Misled, which has one. With a database (TANGO_HOST) its devices must be defined there.
"""

from tango import AttrWriteType, DevState
from tango.server import Device, attribute, run


class Forwarding(Device):
    """Attributes of a TangoTest under other names."""

    Local = attribute(dtype=float, access=AttrWriteType.READ_WRITE)
    Scalar = attribute(name="Scalar", label="My label", forwarded=True)
    Spectrum = attribute(name="Spectrum", forwarded=True)
    Image = attribute(name="Image", forwarded=True)
    Text = attribute(name="Text", forwarded=True)
    Fixed = attribute(name="Fixed", forwarded=True)
    Failing = attribute(name="Failing", forwarded=True)
    Last = attribute(dtype=int)

    def init_device(self):
        super().init_device()
        self.value = 1.0
        self.set_state(DevState.ON)

    def read_Local(self):
        return self.value

    def write_Local(self, value):
        self.value = value

    def read_Last(self):
        return 7


class Misled(Device):
    """One forwarded attribute, whose root may be wrong, and one to be a root."""

    Wrong = attribute(name="Wrong", forwarded=True)
    Own = attribute(dtype=float)

    def init_device(self):
        super().init_device()
        self.set_state(DevState.ON)

    def read_Own(self):
        return 1.5


if __name__ == "__main__":
    run((Forwarding, Misled))
