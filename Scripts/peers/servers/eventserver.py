#!/usr/bin/env python3
"""A PyTango device server that sends events on command.

eventserver.py INSTANCE

Class EventSource; its devices must be defined in the database as EventSource of server eventserver/INSTANCE.
"""

from tango import AttrQuality, AttrWriteType, DevFailed, Except
from tango.server import Device, attribute, command, run


class EventSource(Device):
    def init_device(self):
        super().init_device()
        self.value = 1.5
        self.setpoint = 0.5
        self.set_change_event("Current", True, False)
        self.set_archive_event("Current", True, False)
        self.set_alarm_event("Current", True, False)
        self.set_data_ready_event("Current", True)

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, max_alarm=100.0)
    def Current(self):
        return self.value

    @Current.write
    def write_Current(self, value):
        self.setpoint = value

    @attribute(dtype=(float,), max_dim_x=100000)
    def Wave(self):
        return [1.0, 2.0]

    @attribute(dtype=int)
    def Counter(self):
        self.count = getattr(self, "count", 0) + 1
        return self.count

    @command(dtype_in=float)
    def PushChange(self, value):
        self.push_change_event("Current", value)

    @command(dtype_in=float)
    def PushInvalid(self, value):
        self.push_change_event("Current", value, 1000.25, AttrQuality.ATTR_INVALID)

    @command(dtype_in=str)
    def PushError(self, reason):
        try:
            Except.throw_exception(reason, "pushed", "EventSource")
        except DevFailed as error:
            self.push_change_event("Current", error)

    @command(dtype_in=float)
    def PushArchive(self, value):
        self.push_archive_event("Current", value)

    @command(dtype_in=float)
    def PushAlarm(self, value):
        self.push_alarm_event("Current", value)

    @command(dtype_in=int)
    def PushWave(self, size):
        self.push_event("Wave", [], [], [float(index) for index in range(size)])

    @command(dtype_in=int)
    def PushReady(self, counter):
        self.push_data_ready_event("Current", counter)

    @command(dtype_in=str)
    def AddAttribute(self, name):
        self.add_attribute(attribute(name=name, dtype=float, fget=lambda self, attr: 1.0))


if __name__ == "__main__":
    run((EventSource,))
