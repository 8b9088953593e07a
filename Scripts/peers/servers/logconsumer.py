#!/usr/bin/env python3
"""A PyTango device server of the class LogConsumer: what devices log to it can be read back.

logconsumer.py INSTANCE [options of a device server]
"""

from tango.server import Device, attribute, command, run


class LogConsumer(Device):
    def init_device(self):
        super().init_device()
        self.calls = []

    def note(self, *call):
        self.calls.append("\n".join(call))

    @command(dtype_in=str)
    def Register(self, device):
        self.note("Register", device)

    @command(dtype_in=str)
    def UnRegister(self, device):
        self.note("UnRegister", device)

    @command(dtype_in=(str,))
    def Log(self, record):
        self.note("Log", *record)

    @attribute(dtype=(str,), max_dim_x=10000)
    def Calls(self):
        """One string per call: the command and its strings, a line each."""
        return self.calls


if __name__ == "__main__":
    run((LogConsumer,))
