#!/usr/bin/env python3
"""Receives the events of a device of the class EventStand with PyTango.

events.py DEVICE          every kind of event, one line per kind; which a command of the device sends
events.py DEVICE follow   change events of Polled; prints "value", "lost" and "value" again as the server goes and returns
"""

import sys
import threading
import time

import tango

NAME = sys.argv[1]
LOCK = threading.Lock()
SEEN = {}


def collector(key):
    def take(event):
        with LOCK:
            SEEN.setdefault(key, []).append(event)

    return take


def events(key):
    with LOCK:
        return list(SEEN.get(key, []))


def values(key):
    return [event.attr_value for event in events(key) if not event.err]


def errors(key):
    return [event.errors[0].reason for event in events(key) if event.err]


def until(what, condition, limit=60):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what}: not seen, but {[str(event) for key in SEEN for event in SEEN[key]]}")
        time.sleep(0.02)
    print(what, flush=True)


def follow(device):
    device.subscribe_event("Polled", tango.EventType.CHANGE_EVENT, collector("change"))
    until("value", lambda: len(values("change")) >= 3)
    until("lost", lambda: "API_EventTimeout" in errors("change"), 120)
    count = len(values("change"))
    until("value", lambda: len(values("change")) >= count + 3, 120)


def every_kind(device):
    kinds = tango.EventType
    device.poll_attribute("Polled", 50)
    for key, attribute, kind in (
        ("change", "Polled", kinds.CHANGE_EVENT), ("archive", "polled", kinds.ARCHIVE_EVENT), ("periodic", "Polled", kinds.PERIODIC_EVENT),
        ("alarm", "Polled", kinds.ALARM_EVENT), ("pushed", "Pushed", kinds.CHANGE_EVENT), ("user", "PUSHED", kinds.USER_EVENT),
        ("config", "Pushed", kinds.ATTR_CONF_EVENT), ("ready", "Pushed", kinds.DATA_READY_EVENT), ("pushed archive", "Pushed", kinds.ARCHIVE_EVENT),
    ):
        device.subscribe_event(attribute, kind, collector(key))
    device.subscribe_event(kinds.INTERFACE_CHANGE_EVENT, collector("interface"))

    device.write_attribute("Polled", 3.0)
    until("change", lambda: values("change") and values("change")[-1].value == 3.0)
    until("archive", lambda: values("archive") and values("archive")[-1].value == 3.0)
    until("periodic", lambda: len(values("periodic")) >= 4)
    device.write_attribute("Polled", 300.0)
    until("alarm", lambda: values("alarm") and values("alarm")[-1].quality == tango.AttrQuality.ATTR_ALARM)

    for number in range(1, 101):
        device.command_inout("Push", float(number))
    for key in ("pushed", "user", "pushed archive"):
        until(key, lambda: len(values(key)) == 101)
        # The value that the client has read itself, then what was pushed.
        assert [value.value for value in values(key)][1:] == [float(number) for number in range(1, 101)], key
        assert not errors(key)
    until("ready", lambda: [event.ctr for event in events("ready")] == list(range(1, 101)))
    device.command_inout("PushFailure", "Stand_Coil")
    until("failure", lambda: errors("pushed") == ["Stand_Coil"])

    config = device.get_attribute_config("Pushed")
    config.unit = "A"
    device.set_attribute_config(config)
    until("config", lambda: events("config")[-1].attr_conf.unit == "A")
    device.command_inout("Add", "Added")
    until("interface", lambda: any(info.name == "Added" for info in events("interface")[-1].att_list))
    device.stop_poll_attribute("Polled")
    for key in ("change", "archive", "periodic"):
        until(f"{key} ended", lambda: errors(key)[-1:] == ["API_PollObjNotFound"])


if len(sys.argv) > 2:
    follow(tango.DeviceProxy(NAME))
else:
    every_kind(tango.DeviceProxy(NAME))
