#!/usr/bin/env python3
"""What administration tools see of a TangoTest server.

admin.py DEVICE ALIAS

One line per step on stdout, with names, host and process left out, so that two servers can be compared. ALIAS is an alias of the device.
"""

import os
import re
import sys
import time

import tango

NAME, ALIAS = sys.argv[1:]
SERVER = tango.Database().get_device_info(NAME).ds_full_name
# Release 10 added them.
NEWER = {"EnableEventSystemPerfMon", "QueryEventSystem"}


def cleaned(value):
    if isinstance(value, tango.CommandInfo):
        value = (value.cmd_name, str(value.in_type), str(value.out_type), value.in_type_desc, value.out_type_desc, str(value.disp_level))
    text = str(value)
    for name, instead in ((NAME, "DEVICE"), (ALIAS, "ALIAS"), (SERVER, "SERVER"), (SERVER.lower(), "SERVER")):
        text = re.sub(re.escape(name), instead, text, flags=re.IGNORECASE)
    # Release 10 has alarm events where release 9 had those of qualities.
    return text.replace('"quality"', '"alarm"')


def show(label, action):
    try:
        result = action()
        print(f"{label}: {'-' if result is None else cleaned(result)}", flush=True)
    except tango.DevFailed as failed:
        # What the client library adds says nothing about the server.
        errors = [error for error in failed.args if error.reason != "API_CommandFailed"]
        print(f"{label}: " + " / ".join(f"{error.reason}: {cleaned(error.desc)}" for error in errors), flush=True)


def execute(device, command, *argument):
    show(f"{command} {cleaned(argument)}", lambda: device.command_inout(command, *argument))


def wrong(admin, info):
    """The answer to an argument of another type, which clients can only send by going around their own checks."""
    argument = tango.DeviceData()
    argument.insert(tango.DevDouble, 1.5)
    show(f"{info.cmd_name} with a double", lambda: admin.command_inout_raw(info.cmd_name, argument))


def polling(device, admin):
    names = [NAME, NAME.upper(), f"tango://{os.environ['TANGO_HOST']}/{NAME}", f"{NAME}#dbase=yes", ALIAS, "no/such/device", "nothing", ""]
    for name in names:
        execute(admin, "AddObjPolling", [[1000], [name, "attribute", "short_scalar"]])
        execute(admin, "UpdObjPollingPeriod", [[2000], [name, "attribute", "short_scalar"]])
        show("polled", lambda: (device.is_attribute_polled("short_scalar"), device.get_attribute_poll_period("short_scalar")))
        show("status", lambda: [line.split("\n")[0] for line in admin.command_inout("DevPollStatus", name)])
        execute(admin, "RemObjPolling", [name, "attribute", "short_scalar"])
    device.poll_command("State", 1000)
    show("command polled", lambda: (device.is_command_polled("State"), device.get_command_poll_period("State")))
    execute(admin, "PolledDevice")
    device.stop_poll_command("State")
    for argument in ([[], [NAME, "attribute", "short_scalar"]], [[1000], [NAME]], [[1000], []], [[1, 2], [NAME, "attribute", "short_scalar"]]):
        execute(admin, "AddObjPolling", argument)
        execute(admin, "UpdObjPollingPeriod", argument)
    for argument in ([], [NAME], [NAME, "attribute", "short_scalar", "x"], [NAME, "pipe", "short_scalar"], [NAME, "attribute", "nope"]):
        execute(admin, "RemObjPolling", argument)
    for command in ("StopPolling", "StartPolling"):
        execute(admin, command)
        show("status", admin.status)


def logging(device, admin):
    for name in (NAME, NAME.upper(), ALIAS, "no/such/device", "nothing", NAME.split("/")[0] + "/*"):
        execute(admin, "SetLoggingLevel", [[3], [name]])
        execute(admin, "GetLoggingLevel", [name])
        execute(admin, "AddLoggingTarget", [name, "console::cout"])
        execute(admin, "GetLoggingTarget", name)
        execute(admin, "RemoveLoggingTarget", [name, "console::cout"])
    device.set_logging_level(2)
    device.add_logging_target("console::cout")
    show("level", device.get_logging_level)
    show("targets", device.get_logging_target)
    device.remove_logging_target("console::cout")
    show("targets", device.get_logging_target)
    execute(admin, "SetLoggingLevel", [[0], [NAME]])
    for argument in ([[1], []], [[9], [NAME]]):
        execute(admin, "SetLoggingLevel", argument)


def restarts(device, admin):
    device.write_attribute("double_scalar", 4.5)
    for name in (NAME, NAME.upper(), f"tango://{os.environ['TANGO_HOST']}/{NAME}", f"{NAME}#dbase=yes", ALIAS, "no/such/device", ""):
        execute(admin, "DevRestart", name)
        execute(admin, "DevLockStatus", name)
    show("set value after DevRestart", lambda: device.read_attribute("double_scalar").w_value)
    for again in ("Init", "RestartServer"):
        execute(admin, again)
        for _ in range(100):
            time.sleep(0.1)
            try:
                device.ping()
                admin.ping()
                if len(admin.command_inout("QueryDevice")) == 1:
                    break
            except tango.DevFailed:
                pass
        show("state", lambda: device.command_inout("State"))
        execute(admin, "QueryDevice")


def main():
    device = tango.DeviceProxy(NAME)
    show("administration device", device.adm_name)
    admin = tango.DeviceProxy(device.adm_name())
    for one in (device, admin):
        show("name", one.name)
        show("info", lambda: (one.info().dev_class, one.info().server_id, one.info().dev_type))
        show("state", one.state)
        show("status", one.status)
    show("attributes", lambda: list(admin.get_attribute_list()))
    for command in ("QueryClass", "QueryDevice", "QuerySubDevice"):
        execute(admin, command)
    for name in ("TangoTest", "TANGOTEST", "DServer", "nope", ""):
        execute(admin, "QueryWizardClassProperty", name)
        # The texts about a property are the class's own.
        show("properties", lambda: admin.command_inout("QueryWizardDevProperty", name)[::3])
    commands = [info for info in admin.command_list_query() if info.cmd_name not in NEWER]
    for info in commands:
        show("command", lambda: info)
        if info.in_type != tango.CmdArgType.DevVoid:
            wrong(admin, info)
    for info in device.command_list_query():
        if info.in_type != tango.CmdArgType.DevVoid and info.in_type != tango.CmdArgType.DevDouble:
            wrong(device, info)
    polling(device, admin)
    logging(device, admin)
    restarts(device, admin)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
