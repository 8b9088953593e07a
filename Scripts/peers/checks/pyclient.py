#!/usr/bin/env python3
"""A PyTango client's checks of a TangoTest device.

pyclient.py HOST:PORT DEVICE [--also events,locks] [--quiet]

HOST:PORT is a database, or the server itself when DEVICE ends with #dbase=no.
One JSON object per check on stdout, the last one a summary; exit status 1 when any check failed.
"""

import argparse
import json
import sys
import time
import traceback

import tango
from samples import FLOATS, NUMBERS, arguments, array, brief, loses_long_image, open_device, reason, same, writes
from tango import AttrDataFormat, AttrWriteType
from tango import CmdArgType as T

FAILING = {"no_value": "API_AttrValueNotSet", "throw_exception": "exception test"}
# Their read value has a size of its own (a fixed one, or that of another attribute).
ODD = {"long_image", "enum_spectrum", "enum_image"}
CHECKS = {}


class Wrong(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Wrong(text)


def equal(got, wanted, what):
    expect(same(got, wanted), f"{what}: {brief(got)}, not {brief(wanted)}")


def check(group="basic"):
    def note(function):
        CHECKS[function.__name__] = (group, function)
        return function

    return note


def writable(config):
    return config.writable in (AttrWriteType.WRITE, AttrWriteType.READ_WRITE)


def gives_back(config):
    """Whether a read shows at once what was written."""
    if config.name in ODD:
        return False
    if config.writable == AttrWriteType.WRITE or config.data_type in (T.DevBoolean, T.DevString, T.DevEnum):
        return True
    return config.data_format != AttrDataFormat.SCALAR


def configs(device):
    return [c for c in device.attribute_list_query_ex() if not (c.name == "long_image" and loses_long_image(device))]


@check()
def identity(device):
    expect(device.ping() >= 0, "ping")
    info = device.info()
    equal(info.dev_class, "TangoTest", "class")
    expect(info.server_id.lower().startswith("tangotest/"), f"server_id {info.server_id}")
    expect(info.server_host and info.server_version in (5, 6), f"info {info}")
    equal(device.get_idl_version(), info.server_version, "IDL version")
    equal(device.name().lower(), device.dev_name().lower(), "name")
    expect(device.adm_name().lower().startswith("dserver/tangotest/") or "dserver/" in device.adm_name().lower(), device.adm_name())
    equal(device.description().lower(), "a tango device", "description")


@check()
def state_and_status(device):
    device.command_inout("Init")
    equal(device.state(), tango.DevState.RUNNING, "state")
    equal(device.status(), "The device is in RUNNING state.", "status")
    device.command_inout("SwitchStates")
    equal(device.state(), tango.DevState.FAULT, "state after SwitchStates")
    equal(device.read_attribute("State").value, tango.DevState.FAULT, "State attribute")
    equal(device.read_attribute("status").value, "The device is in FAULT state.", "Status attribute")
    equal(device.command_inout("State"), tango.DevState.FAULT, "State command")
    equal(device.command_inout("DevLong", 3), 3, "a command in FAULT")
    device.command_inout("SwitchStates")
    equal(device.command_inout("Status"), "The device is in RUNNING state.", "Status command")


@check()
def lists(device):
    names = list(device.get_attribute_list())
    equal(names[-2:], ["State", "Status"], "end of the attribute list")
    expect(len({n.lower() for n in names}) == len(names) >= 62, f"{len(names)} attributes")
    equal([c.name for c in device.attribute_list_query_ex()], names, "configurations")
    commands = [c.cmd_name for c in device.command_list_query()]
    equal(list(device.get_command_list()), commands, "command list")
    equal(commands, sorted(commands), "order of the commands")
    for name in commands:
        equal(device.command_query(name.upper()).cmd_name, name, "command_query without case")
        equal([c.cmd_name for c in device.get_command_config([name])], [name], "get_command_config")
    for name in names:
        equal(device.get_attribute_config(name.upper()).name, name, "get_attribute_config without case")
    equal([c.name for c in device.get_attribute_config([names[3], names[0]])], [names[3], names[0]], "two configurations")


def check_value(config, got):
    kind = T(config.data_type)
    equal(got.name.lower(), config.name.lower(), "name")
    equal(str(got.data_format), str(config.data_format), f"{config.name} format")
    expect(got.type == kind, f"{config.name}: type {got.type}, not {kind}")
    expect(got.quality == tango.AttrQuality.ATTR_VALID, f"{config.name}: quality {got.quality}")
    shift = {"long_scalar_ts_past": -3600, "long_scalar_ts_future": 3600}.get(config.name, 0)
    expect(abs(time.time() + shift - got.time.totime()) < 60, f"{config.name}: time {got.time}")
    expect(got.dim_x <= config.max_dim_x, f"{config.name}: dim_x {got.dim_x}")
    if config.data_format == AttrDataFormat.SCALAR:
        equal([got.dim_x, got.dim_y], [1, 0], f"{config.name} dimensions")
    elif config.data_format == AttrDataFormat.SPECTRUM:
        equal(got.dim_y, 0, f"{config.name} dim_y")
        equal(0 if got.value is None else len(got.value), got.dim_x, f"{config.name} length")
    else:
        expect(got.dim_y <= config.max_dim_y, f"{config.name}: dim_y {got.dim_y}")
        equal([len(got.value), len(got.value[0])], [got.dim_y, got.dim_x], f"{config.name} shape")
    if kind in NUMBERS and config.data_format != AttrDataFormat.SCALAR:
        expect(got.value.dtype == NUMBERS[kind][0], f"{config.name}: element type {got.value.dtype}")


@check()
def every_attribute_is_read(device):
    all_configs = device.attribute_list_query_ex()
    for config in all_configs:
        if config.name in FAILING:
            equal(reason(device.read_attribute, config.name), FAILING[config.name], config.name)
        else:
            check_value(config, device.read_attribute(config.name))
    together = device.read_attributes([c.name for c in all_configs])
    for config, got in zip(all_configs, together):
        if config.name in FAILING:
            expect(got.has_failed, f"{config.name} in a list")
            equal(got.get_err_stack()[0].reason, FAILING[config.name], f"{config.name} in a list")
        else:
            check_value(config, got)
    return f"{len(all_configs)} attributes"


@check()
def every_attribute_is_written(device):
    count = 0
    for config in configs(device):
        if not writable(config):
            continue
        for value in writes(config):
            device.write_attribute(config.name, value)
            got = device.read_attribute(config.name)
            equal(got.w_value, value, f"{config.name} set value")
            if gives_back(config):
                cut = value[:256] if config.data_format == AttrDataFormat.SPECTRUM else value
                equal(got.value, cut, f"{config.name} read value")
            count += 1
    for name in ("double_scalar_rww", "long_scalar_rww", "short_scalar_rww"):
        companion = name.replace("rww", "w")
        device.write_attribute(companion, 77)
        got = device.read_attribute(name)
        equal(got.w_value, device.read_attribute(companion).value, f"{name}: value of {companion}")
    for config in configs(device):  # back to values which the generator uses
        if writable(config) and config.data_format == AttrDataFormat.SCALAR and T(config.data_type) in NUMBERS:
            device.write_attribute(config.name, 100)
    return f"{count} writes"


@check()
def several_are_written_at_once(device):
    device.write_attributes([("double_scalar", 12.5), ("string_scalar", "both"), ("short_spectrum", [1, 2, 3])])
    got = device.read_attributes(["DOUBLE_SCALAR", "string_scalar", "short_spectrum"])
    equal([got[0].w_value, got[1].w_value, got[2].w_value], [12.5, "both", [1, 2, 3]], "set values")
    back = device.write_read_attribute("string_scalar", "write and read")
    equal(back.value, "write and read", "write_read_attribute")
    back = device.write_read_attributes([("long_spectrum", [4, 5])], ["long_spectrum", "State"])
    equal([back[0].value, back[1].value], [[4, 5], tango.DevState.RUNNING], "write_read_attributes")
    try:
        device.write_attributes([("double_scalar", 1.0), ("nosuch", 1), ("short_scalar_ro", 1)])
        raise Wrong("writing unknown names succeeds")
    except tango.DevFailed as failed:
        equal(failed.args[0].reason, "API_AttrNotFound", "unknown name in a list")


@check()
def a_partly_failing_list_names_the_failures(device):
    try:
        device.write_attributes([("double_scalar", 3.5), ("short_scalar_ro", 1), ("double_scalar_w", float("nan"))])
        raise Wrong("writing a read-only attribute succeeds")
    except tango.DevFailed as failed:
        expect("short_scalar_ro, double_scalar_w" in failed.args[-1].desc, str(failed))
    got = device.read_attributes(["double_scalar", "nosuch", "State"])
    equal([g.has_failed for g in got], [False, True, False], "failures")
    equal(got[1].get_err_stack()[0].reason, "API_AttrNotFound", "unknown attribute in a list")


@check()
def every_command_runs(device):
    count = 0
    for command in device.command_list_query():
        if command.cmd_name in ("State", "Status", "Init", "SwitchStates"):
            continue
        samples = arguments(command.in_type)
        expect(samples, f"no sample for {command.cmd_name}")
        for value in samples:
            got = device.command_inout(command.cmd_name) if value is None else device.command_inout(command.cmd_name, value)
            if command.out_type == T.DevVoid:
                expect(got is None, f"{command.cmd_name} gives {brief(got)}")
            else:
                equal(got, value, command.cmd_name)
            count += 1
    equal(device.command_inout("dEvDoUbLe", 2.5), 2.5, "a command without case")
    device.command_inout("Init")
    return f"{count} calls"


@check()
def floats_that_are_no_numbers_are_refused(device):
    for config in configs(device):
        if writable(config) and T(config.data_type) in FLOATS:
            bad = float("nan") if config.data_format == AttrDataFormat.SCALAR else array(config.data_type, [1.0, float("nan")])
            if config.data_format == AttrDataFormat.IMAGE:
                bad = bad.reshape(1, 2)
            equal(reason(device.write_attribute, config.name, bad), "API_WAttrOutsideLimit", f"NaN to {config.name}")


def send_as(device, config, kind, value):
    config.data_type = int(kind)
    device.write_attribute(config, value)


def too_many(device, name):
    config = device.get_attribute_config(name)
    device.write_attribute(name, array(config.data_type, [0] * (config.max_dim_x + 1)))


@check()
def errors_have_their_reasons(device):
    wrong = tango.DeviceData()
    wrong.insert(T.DevString, "text")
    cases = [
        ("API_AttrNotFound", lambda: device.read_attribute("nosuch")),
        ("API_AttrNotFound", lambda: device.write_attributes([("nosuch", 1)])),
        ("API_AttrNotFound", lambda: device.get_attribute_config("nosuch")),
        ("API_AttrNotWritable", lambda: device.write_attribute("short_scalar_ro", 1)),
        ("API_AttrNotWritable", lambda: device.write_attribute("double_scalar_rww", 1.0)),
        ("API_CommandNotFound", lambda: device.command_inout("NoSuch")),
        ("API_CommandNotFound", lambda: device.command_query("NoSuch")),
        ("API_IncompatibleCmdArgumentType", lambda: device.command_inout_raw("DevDouble", wrong)),
        ("API_IncompatibleAttrDataType", lambda: send_as(device, device.get_attribute_config("double_scalar"), T.DevString, "x")),
        ("API_IncompatibleAttrDataType", lambda: send_as(device, device.get_attribute_config("long_scalar"), T.DevDouble, 1.0)),
        ("API_WAttrOutsideLimit", lambda: too_many(device, "long_spectrum")),
        ("API_AttrNotPolled", lambda: device.attribute_history("long_scalar", 3)),
    ]
    for wanted, action in cases:
        equal(reason(action), wanted, "reason")
    try:
        device.read_attribute("throw_exception")
    except tango.DevFailed as failed:
        equal(failed.args[0].desc, "here is the exception you requested", "description")
        equal(str(failed.args[0].severity), "ERR", "severity")
    return f"{len(cases)} cases"


def without_database(device):
    return not device.is_dbase_used()


@check()
def configuration_is_changed_and_restored(device):
    if without_database(device) and device.info().server_version < 6:
        return "skipped: libtango 9 servers without database die"
    name = "double_scalar"
    before = device.get_attribute_config(name)
    config = device.get_attribute_config(name)
    config.label, config.unit, config.display_unit, config.standard_unit = "A label", "mm", "km", "0.001"
    config.format, config.description = "%7.3f", "changed for a while"
    config.min_value, config.max_value = "-10", "10.5"
    config.alarms.min_alarm, config.alarms.max_alarm = "-9", "9"
    config.alarms.min_warning, config.alarms.max_warning = "-8", "8"
    config.events.ch_event.abs_change, config.events.ch_event.rel_change = "0.5", "1,2"
    config.events.per_event.period, config.events.arch_event.archive_period = "2000", "3000"
    device.set_attribute_config(config)
    after = device.get_attribute_config(name)
    for field in ("label", "unit", "display_unit", "standard_unit", "format", "description", "min_value", "max_value"):
        equal(getattr(after, field), getattr(config, field), field)
    for field in ("min_alarm", "max_alarm", "min_warning", "max_warning"):
        equal(getattr(after.alarms, field), getattr(config.alarms, field), field)
    equal([after.events.ch_event.abs_change, after.events.per_event.period], ["0.5", "2000"], "event properties")
    equal(reason(device.write_attribute, name, 10.6), "API_WAttrOutsideLimit", "above max_value")
    equal(reason(device.write_attribute, name, -11.0), "API_WAttrOutsideLimit", "below min_value")
    device.write_attribute(name, 10.5)
    config.min_value = "20"
    equal(reason(device.set_attribute_config, config), "API_IncoherentValues", "min above max")
    config.min_value = "text"
    equal(reason(device.set_attribute_config, config), "API_AttrOptProp", "a limit that is no number")
    device.set_attribute_config(before)
    restored = device.get_attribute_config(name)
    equal([restored.label, restored.min_value, restored.unit], [before.label, before.min_value, before.unit], "restored")
    device.write_attribute(name, 256.0)


@check()
def an_alarm_shows_in_the_quality(device):
    if without_database(device) and device.info().server_version < 6:
        return "skipped: libtango 9 servers without database die"
    before = device.get_attribute_config("double_spectrum")
    config = device.get_attribute_config("double_spectrum")
    config.alarms.max_warning, config.alarms.max_alarm = "5", "8"
    device.set_attribute_config(config)
    try:
        for value, quality in ((1.0, "ATTR_VALID"), (6.0, "ATTR_WARNING"), (9.0, "ATTR_ALARM")):
            device.write_attribute("double_spectrum", [0.0, value])
            equal(str(device.read_attribute("double_spectrum").quality), quality, f"quality at {value}")
    finally:
        device.set_attribute_config(before)
    equal(str(device.read_attribute("double_spectrum").quality), "ATTR_VALID", "quality without alarms")


@check()
def the_black_box_shows_requests(device):
    device.command_inout("DevLong", 1)
    device.read_attribute("double_scalar")
    box = device.black_box(4)
    expect(len(box) == 4, f"{len(box)} records")
    expect("read_attributes" in box[0] and "double_scalar" in box[0], f"newest record {box[0]}")
    expect("DevLong" in box[1], f"second record {box[1]}")
    equal(reason(device.black_box, -1), "API_BlackBoxArgument", "a negative count")


@check()
def the_admin_device_answers(device):
    admin = tango.DeviceProxy(device.adm_name())
    equal(list(admin.command_inout("QueryClass")), ["TangoTest"], "QueryClass")
    names = [n.lower() for n in admin.command_inout("QueryDevice")]
    expect(f"tangotest::{device.dev_name().lower()}" in names, f"QueryDevice {names}")
    equal(admin.state(), tango.DevState.ON, "state")
    equal(admin.info().dev_class, "DServer", "class")


@check()
def asynchronous_calls_come_back(device):
    ids = [device.command_inout_asynch("DevLong", i) for i in range(20)]
    equal([device.command_inout_reply(i, 5000) for i in ids], list(range(20)), "commands")
    number = device.read_attributes_asynch(["string_scalar", "State"])
    equal([a.name for a in device.read_attributes_reply(number, 5000)], ["string_scalar", "State"], "attributes")


@check()
def polling_fills_a_history(device):
    device.poll_attribute("double_scalar", 100)
    device.poll_command("State", 100)
    try:
        expect(device.is_attribute_polled("double_scalar"), "is_attribute_polled")
        equal(device.get_attribute_poll_period("double_scalar"), 100, "period")
        time.sleep(1.5)
        equal(len(device.attribute_history("double_scalar", 4)), 4, "attribute history")
        equal(len(device.command_history("State", 3)), 3, "command history")
        status = "\n".join(device.polling_status())
        expect("double_scalar" in status and "State" in status, f"polling_status {status}")
        device.set_source(tango.DevSource.CACHE)
        device.read_attribute("double_scalar")
    finally:
        device.set_source(tango.DevSource.CACHE_DEV)
        device.stop_poll_attribute("double_scalar")
        device.stop_poll_command("State")
    expect(not device.is_attribute_polled("double_scalar"), "polling goes on")


@check("events")
def events_arrive(device):
    device.poll_attribute("string_scalar", 100)
    try:
        queue = device.subscribe_event("string_scalar", tango.EventType.CHANGE_EVENT, 100)
        values = [f"event {i}" for i in range(3)]
        for value in values:
            device.write_attribute("string_scalar", value)
            time.sleep(0.6)
        got = [e.attr_value.value for e in device.get_events(queue) if not e.err]
        device.unsubscribe_event(queue)
        equal(got[-3:], values, "change events")
        queue = device.subscribe_event("long_scalar", tango.EventType.ATTR_CONF_EVENT, 100)
        time.sleep(0.3)
        expect(device.get_events(queue), "no configuration event on subscription")
        device.unsubscribe_event(queue)
    finally:
        device.stop_poll_attribute("string_scalar")


@check("locks")
def a_lock_is_held_and_freed(device):
    device.lock(10)
    try:
        expect(device.is_locked() and device.is_locked_by_me(), "locked")
        expect("locked by CPP or Python client with PID" in device.locking_status(), device.locking_status())
    finally:
        device.unlock()
    expect(not device.is_locked(), "still locked")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("host")
    parser.add_argument("device")
    parser.add_argument("--also", default="")
    parser.add_argument("--quiet", action="store_true", help="failures and the summary only")
    options = parser.parse_args()
    groups = {"basic", *options.also.split(",")}
    failures, done = [], 0
    for name, (group, function) in CHECKS.items():
        if group not in groups:
            continue
        start = time.monotonic()
        record = {"check": name, "ok": True}
        try:
            detail = function(open_device(options.host, options.device))
            if detail:
                record["detail"] = detail
        except tango.DevFailed as failed:
            where = traceback.extract_tb(failed.__traceback__)
            line = [frame.lineno for frame in where if frame.filename == __file__][-1:]
            record.update(ok=False, line=line, detail=[f"{e.reason}: {e.desc}" for e in failed.args])
        except Exception as error:
            record.update(ok=False, detail=f"{type(error).__name__}: {error}")
        record["seconds"] = round(time.monotonic() - start, 2)
        done += 1
        if not record["ok"]:
            failures.append(name)
        if not (options.quiet and record["ok"]):
            print(json.dumps(record), flush=True)
    print(json.dumps({"summary": options.device, "checks": done, "failed": failures}), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
