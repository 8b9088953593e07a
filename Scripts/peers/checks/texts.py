#!/usr/bin/env python3
"""Prints the texts of a device of class Letters as PyTango reads them: texts.py DEVICE.

A value is written and read back, a property is put and read back.
"""

import sys

import tango


def lines(device):
    temperature = device.get_attribute_config("Temperature")
    yield temperature.unit
    yield temperature.label
    yield temperature.description
    yield from device.get_attribute_config("Scale").enum_labels
    yield device.status()
    yield device.Note
    device.Note = "Öl ÿ"
    yield device.read_attribute("Note").value
    device.Note = "é"
    try:
        device.read_attribute("Broken")
    except tango.DevFailed as error:
        # PyTango 10.3.1 sends the texts of errors as UTF-8 and reads them byte by byte.
        yield error.args[0].desc.encode("latin-1").decode("utf-8")
        yield error.args[0].origin.encode("latin-1").decode("utf-8")
    info = device.command_query("Echo")
    yield info.in_type_desc
    yield info.out_type_desc
    yield device.Echo("für é")
    device.put_property({"größe": ["5 °C", "℃"]})
    yield from device.get_property("größe")["größe"]
    temperature.unit = "µm²"
    device.set_attribute_config(temperature)
    yield device.get_attribute_config("Temperature").unit
    temperature.unit = "°C"
    device.set_attribute_config(temperature)


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    for line in lines(tango.DeviceProxy(sys.argv[1])):
        print(line)


if __name__ == "__main__":
    main()
