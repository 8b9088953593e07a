#!/usr/bin/env python3
"""What two clients see of a device that one of them locks.

locks.py DEVICE

One line per step on stdout, with device, process id and host left out, so that two servers can be compared.
"""

import multiprocessing
import os
import re
import sys

import tango

NAME = sys.argv[1]


def cleaned(text):
    text = re.sub(re.escape(NAME[:-1]) + r"[*]", "PATTERN", text)
    text = text.replace(NAME, "DEVICE").replace(NAME.upper(), "NAME")
    text = re.sub(r"PID \d+", "PID n", text)
    text = re.sub(r"from host [^\s']+", "from host HOST", text)
    return text.rstrip("\0")


def attempt(action):
    try:
        result = action()
        return "-" if result is None else cleaned(str(result))
    except tango.DevFailed as failed:
        return " / ".join(f"{error.reason}: {cleaned(error.desc)}" for error in failed.args[:1])


def steps(device):
    admin = tango.DeviceProxy(device.adm_name())
    config = device.get_attribute_config(["double_scalar"])
    return {
        "read": lambda: device.read_attribute("double_scalar").name,
        "state": lambda: device.state(),
        "State": lambda: device.command_inout("State"),
        "Status": lambda: device.command_inout("Status"),
        "configuration": lambda: len(device.get_attribute_config(["double_scalar"])),
        "command": lambda: device.command_inout("DevVoid"),
        "allowed command": lambda: device.command_inout("DevString", "x"),
        "unknown command": lambda: device.command_inout("NoSuch"),
        "Init": lambda: device.command_inout("Init"),
        "write": lambda: device.write_attribute("double_scalar", 1.0),
        "write read-only": lambda: device.write_attribute("short_scalar_ro", 1),
        "write unknown": lambda: device.write_attributes([("nope", 1.0)]),
        "write and read": lambda: device.write_read_attribute("double_scalar", 1.0).name,
        "configure": lambda: device.set_attribute_config(config),
        "lock": lambda: device.lock(20),
        "unlock": lambda: device.unlock(),
        "restart": lambda: admin.command_inout("DevRestart", NAME),
        "relock": lambda: admin.command_inout("ReLockDevices", [NAME]),
        "is locked": lambda: device.is_locked(),
        "is locked by me": lambda: device.is_locked_by_me(),
        "status": lambda: device.locking_status(),
        "force": lambda: device.unlock(True),
        "lock admin": lambda: admin.lock(),
        "status of unknown": lambda: admin.command_inout("DevLockStatus", "no/such/device"),
        "lock unknown": lambda: admin.command_inout("LockDevice", [[10], ["no/such/device"]]),
    } | administration(admin)


def administration(admin):
    """The admin commands a lock refuses to others, right and wrong ones: which check comes first shows in the answers."""
    calls = {
        "AddObjPolling": [
            [[1000], [NAME, "attribute", "short_scalar"]], [[1000], [NAME, "pipe", "x"]], [[1000], [NAME, "attribute", "nope"]],
            [[1], [NAME.upper(), "attribute", "short_scalar"]], [[1000], ["no/such/device", "attribute", "short_scalar"]], [[], [NAME]],
        ],
        "UpdObjPollingPeriod": [
            [[2000], [NAME, "attribute", "short_scalar"]], [[2000], [NAME, "attribute", "long_scalar"]], [[2000], [NAME, "pipe", "x"]],
            [[1], [NAME.upper(), "attribute", "short_scalar"]], [[1000], ["no/such/device", "attribute", "short_scalar"]], [[], [NAME]],
        ],
        "RemObjPolling": [
            [NAME, "pipe", "x"], [NAME, "attribute", "nope"], [NAME.upper(), "attribute", "short_scalar"], [NAME, "attribute", "short_scalar"],
            ["no/such/device", "attribute", "short_scalar"], [NAME],
        ],
        "SetLoggingLevel": [
            [[3], [NAME]], [[9], [NAME]], [[3], [NAME.upper()]], [[2], ["*"]], [[2], [NAME[:-1] + "*"]], [[3], ["no/such/device"]],
            [[3, 4], [NAME]],
        ],
        "AddLoggingTarget": [
            [NAME, "console::cout"], [NAME, "nonsense"], [NAME.upper(), "console::cout"], ["*", "console::cout"],
            ["no/such/device", "console::cout"], [NAME],
        ],
        "RemoveLoggingTarget": [
            [NAME, "console::cout"], [NAME, "nonsense"], [NAME.upper(), "console::cout"], ["*", "console::cout"],
            ["no/such/device", "console::cout"], [NAME],
        ],
        "GetLoggingLevel": [[NAME]],
        "GetLoggingTarget": [NAME],
        "StopPolling": [None], "StartPolling": [None], "StopLogging": [None], "StartLogging": [None],
    }
    return {
        f"admin {command} {cleaned(str(argument))}": lambda command=command, argument=argument: admin.command_inout(
            command, *([] if argument is None else [argument]))
        for command, arguments in calls.items() for argument in arguments
    }


def other(pipe):
    known = steps(tango.DeviceProxy(NAME))
    while (name := pipe.recv()) is not None:
        pipe.send(attempt(known[name]))


def main():
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=other, args=(theirs,), daemon=True)
    process.start()
    device = tango.DeviceProxy(NAME)
    known = steps(device)

    def me(*names):
        for name in names:
            print(f"me {name}: {attempt(known[name])}", flush=True)

    def they(*names):
        for name in names:
            ours.send(name)
            print(f"they {name}: {ours.recv()}", flush=True)

    changes = [
        "command", "allowed command", "unknown command", "write", "write read-only", "write unknown", "write and read", "configure",
    ]
    looks = ["read", "state", "State", "Status", "configuration", "is locked", "is locked by me", "status"]
    me("lock admin", "status of unknown", "lock unknown", "relock", "unlock", *looks)
    me("lock", "lock", *looks, *changes)
    administrative = [name for name in known if name.startswith("admin ")]
    they(*administrative)
    me(*administrative)
    me(administrative[0])
    they(*(name for name in administrative if "ObjPolling" in name))
    me("admin RemObjPolling ['DEVICE', 'attribute', 'short_scalar']")
    they(*looks, *changes, "Init", "lock", "unlock", "restart", "relock")
    me("relock", "restart", "is locked", "write", "unlock", "is locked")
    they("write")
    me("unlock", "is locked", "unlock")
    they("write", "lock")
    me(*changes, "lock")
    me("force")
    they("command", "write", "read", "is locked", "command")
    me("write", "lock", "unlock")
    they("write", "command")
    me("lock", "force", "write", "write")
    they("write")
    me("write", "is locked", "status")
    ours.send(None)
    process.join(10)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
