#!/usr/bin/env python3
"""Compares the forwarded attributes of two servers, as a client sees them.

forwarded.py ROOT FIRST SECOND [CASE...]

ROOT is a TangoTest. FIRST and SECOND are the domain/family of devices of class Forwarding (member 1), whose attributes forward to ROOT,
and of class Misled (one member per CASE). Prints what differs; the exit status is 1 then.
"""

import sys

import numpy
import tango

SETTINGS = {"Scalar": 3.25, "Spectrum": [1.0, 2.0, 3.0], "Text": "hello"}


def outcome(action):
    """What an action gives: a value, or the error stack without the places in the code."""
    try:
        return action()
    except tango.DevFailed as error:
        return [(entry.reason, entry.desc) for entry in error.args]


def shown(value):
    if value.has_failed:
        return [(entry.reason, entry.desc) for entry in value.get_err_stack()]
    written = numpy.asarray(value.w_value).tolist() if value.w_value is not None else None
    return (
        value.name, written, str(value.quality), str(value.type), str(value.data_format),
        value.dim_x, value.dim_y, value.w_dim_x, value.w_dim_y,
    )


def configured(device, name, change):
    config = device.get_attribute_config(name)
    change(config)
    return outcome(lambda: device.set_attribute_config(config))


def probe(root, prefix, cases):
    """Everything about one of the servers, by the name of the question."""
    found = {}
    device = tango.DeviceProxy(f"{prefix}/1")
    original = tango.DeviceProxy(root)
    # Both begin with the same set values.
    for name, value in (("double_scalar", 0.5), ("double_spectrum", [0.5]), ("string_scalar", "first")):
        original.write_attribute(name, value)
    found["list"] = list(device.get_attribute_list())
    found["state"] = str(device.state()), device.status()
    for name in found["list"]:
        found[f"config {name}"] = str(device.get_attribute_config(name))
    for name in ("Scalar", "scalar", "Spectrum", "Text", "Fixed", "Failing", "nope"):
        found[f"read {name}"] = outcome(lambda: shown(device.read_attribute(name)))
    found["read many"] = [shown(value) for value in device.read_attributes(["Failing", "Scalar", "Local", "nope"])]
    for name, value in SETTINGS.items():
        found[f"format {name}"] = eventually_format(device, name)
        found[f"write {name}"] = outcome(lambda: device.write_attribute(name, value))
        found[f"written {name}"] = shown(device.read_attribute(name))
    found["root written"] = shown(original.read_attribute("double_scalar"))
    found["write and read"] = outcome(lambda: shown(device.write_read_attribute("Scalar", 4.5)))
    found["write many"] = outcome(lambda: device.write_attributes([("Scalar", 1.5), ("Local", 2.5), ("Text", "x")]))
    found["write read-only"] = outcome(lambda: device.write_attribute("Fixed", 3))
    found["write NaN"] = outcome(lambda: device.write_attribute("Scalar", float("nan")))
    found["write too long"] = outcome(lambda: device.write_attribute("Spectrum", numpy.zeros(5000)))
    for source in (tango.DevSource.CACHE, tango.DevSource.DEV):
        device.set_source(source)
        found[f"source {source}"] = outcome(lambda: shown(device.read_attribute("Scalar")))
    device.set_source(tango.DevSource.CACHE_DEV)
    found["poll"] = outcome(lambda: device.poll_attribute("Scalar", 1000))
    found["history"] = outcome(lambda: device.attribute_history("Scalar", 3))
    original.poll_attribute("double_scalar", 50)
    found["cached"] = eventually(device, "Scalar")
    original.stop_poll_attribute("double_scalar")
    # The configuration: the label here, the rest at the root.
    properties = tango.Database()

    def stored(name, attribute):
        texts = properties.get_device_attribute_property(name, attribute)[attribute]
        return {key: list(value) for key, value in texts.items()}

    for label in ("Other", "", "nan", "Not specified", "Other"):
        found[f"label {label!r}"] = (
            configured(device, "Scalar", lambda config: setattr(config, "label", label)),
            device.get_attribute_config("Scalar").label,
            original.get_attribute_config("double_scalar").label,
            # The peers do not keep the library's label, and show the declared one after a restart.
            stored(f"{prefix}/1", "Scalar") if label != "Not specified" else None,
        )

    def change(config):
        config.unit = "V"
        config.max_value = "100"

    found["change root"] = configured(device, "Scalar", change)
    found["changed root"] = original.get_attribute_config("double_scalar").unit, stored(root, "double_scalar")
    found["changed"] = device.get_attribute_config("Scalar").max_value if settled(device, "V") else "not seen"
    found["not stored here"] = stored(f"{prefix}/1", "Scalar")
    found["write too much"] = outcome(lambda: device.write_attribute("Scalar", 200))
    found["wrong limit"] = configured(device, "Scalar", lambda config: setattr(config, "max_value", "abc"))
    found["wrong type"] = configured(device, "Scalar", lambda config: setattr(config, "data_type", 2))

    def change_back(config):
        config.unit = ""
        config.max_value = "Not specified"

    found["change back"] = configured(device, "Scalar", change_back)
    settled(device, "")
    configured(device, "Scalar", lambda config: setattr(config, "label", ""))
    # Alarms.
    configured(original, "double_scalar", lambda config: setattr(config.alarms, "max_alarm", "-1000"))
    found["alarm"] = eventually_state(device, tango.DevState.ALARM), device.status()
    configured(original, "double_scalar", lambda config: setattr(config.alarms, "max_alarm", "Not specified"))
    found["no alarm"] = eventually_state(device, tango.DevState.ON)
    # Locks.
    device.lock()
    found["locked"] = original.is_locked(), original.is_locked_by_me()
    found["write locked"] = outcome(lambda: device.write_attribute("Scalar", 2.0))
    found["write root locked"] = outcome(lambda: original.write_attribute("double_scalar", 2.0))
    device.unlock()
    found["unlocked"] = original.is_locked()
    original.lock()
    found["write, root locked"] = outcome(lambda: device.write_attribute("Scalar", 2.0))
    found["lock, root locked"] = outcome(device.lock)
    found["configure, root locked"] = configured(device, "Scalar", lambda config: setattr(config, "unit", "Q"))
    original.unlock()
    outcome(device.unlock)
    for command, argument in (("Init", None), ("DevRestart", f"{prefix}/1")):
        target = device if argument is None else tango.DeviceProxy(device.adm_name())
        target.command_inout(*([command] if argument is None else [command, argument]))
        found[f"list after {command}"] = list(device.get_attribute_list())
    for case in cases:
        wrong = tango.DeviceProxy(f"{prefix}/{case}")
        found[f"case {case}"] = (
            str(wrong.state()), wrong.status(), list(wrong.get_attribute_list()),
            outcome(lambda: shown(wrong.read_attribute("Wrong"))),
            outcome(lambda: wrong.get_attribute_config("Wrong").root_attr_name),
        )
    return found


def eventually(device, name):
    """Whether an attribute is in the cache soon."""
    device.set_source(tango.DevSource.CACHE)
    try:
        for _ in range(200):
            value = outcome(lambda: shown(device.read_attribute(name)))
            if isinstance(value, tuple):
                return value
            tango.DeviceProxy(device.name()).ping()
        return value
    finally:
        device.set_source(tango.DevSource.CACHE_DEV)


def eventually_format(device, name):
    """The format of an attribute as soon as it is known.

    cppTango answers a configuration without format while it waits for the root's, which it gets by an event: late on a busy machine.
    PyTango cannot write such an attribute.
    """
    for _ in range(5000):
        found = device.get_attribute_config(name).data_format
        if found != tango.AttrDataFormat.FMT_UNKNOWN:
            break
    return str(found)


def eventually_state(device, state):
    for _ in range(2000):
        if device.state() == state:
            return str(state)
    return str(device.state())


def settled(device, unit):
    """Whether the configuration of the root is seen soon; the peers are notified by an event."""
    return any(device.get_attribute_config("Scalar").unit == unit for _ in range(5000))


def main():
    root, first, second, *cases = sys.argv[1:]
    servers = [tango.DeviceProxy(f"{prefix}/1").adm_name() for prefix in (first, second)]
    results = []
    for prefix, server in zip((first, second), servers):
        text = {key: repr(value) for key, value in probe(root, prefix, cases).items()}
        for name, mark in ((prefix, "PREFIX"), (server, "SERVER"), (server.lower(), "SERVER")):
            text = {key: value.replace(name, mark) for key, value in text.items()}
        results.append(text)
    different = [key for key in results[0] if results[0][key] != results[1].get(key)]
    for key in different:
        print(f"{key}:\n  {first}: {results[0][key]}\n  {second}: {results[1].get(key)}")
    print(f"{len(results[0])} questions, {len(different)} answered differently")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
