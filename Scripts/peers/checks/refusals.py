#!/usr/bin/env python3
"""How the reference client is refused (or not) by access control.

refusals.py DEVICE DATABASE_DEVICE

One line per operation on stdout: name, reason and description of the last error before those of the client, tab separated; "-" where it
went well.
"""

import sys

import tango

device = tango.DeviceProxy(sys.argv[1])
database = tango.DeviceProxy(sys.argv[2])


def attempt(name, action):
    try:
        action()
        print(f"{name}\t-\t-")
    except tango.DevFailed as failed:
        error = failed.args[0]
        print(f"{name}\t{error.reason}\t{error.desc!r}")


attempt("read", lambda: device.read_attribute("double_scalar"))
attempt("state", lambda: device.state())
attempt("State", lambda: device.command_inout("State"))
attempt("status", lambda: device.command_inout("Status"))
attempt("command", lambda: device.command_inout("DevVoid"))
attempt("allowed command", lambda: device.command_inout("DevString", "x"))
attempt("unknown command", lambda: device.command_inout("NoSuch"))
attempt("init", lambda: device.command_inout("Init"))
attempt("write", lambda: device.write_attribute("double_scalar", 1.5))
attempt("write several", lambda: device.write_attributes([("double_scalar", 1.5), ("short_scalar", 2)]))
attempt("write and read", lambda: device.write_read_attribute("double_scalar", 1.5))
attempt("configure", lambda: device.set_attribute_config(device.get_attribute_config("double_scalar")))
attempt("black box", lambda: device.black_box(1))
attempt("put property", lambda: device.put_property({"kept": "1"}))
attempt("get property", lambda: device.get_property("kept"))
attempt("database command", lambda: database.command_inout("DbInfo"))
attempt("database import", lambda: database.command_inout("DbImportDevice", sys.argv[1]))
attempt("database change", lambda: database.command_inout("DbPutProperty", ["o", "1", "p", "1", "v"]))
