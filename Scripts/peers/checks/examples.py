#!/usr/bin/env python3
"""Uses the example devices with PyTango: examples.py (names as the test defines them, database in TANGO_HOST)."""

import sys
import time

import tango

supply = tango.DeviceProxy("test/ps/1")
assert supply.state() == tango.DevState.OFF, supply.state()
supply.Setpoint = 20.0
supply.On()
deadline = time.time() + 20
while supply.state() == tango.DevState.MOVING and time.time() < deadline:
    time.sleep(0.01)
assert supply.state() == tango.DevState.ON, supply.status()
assert supply.Current == 20.0 and supply.Voltage == 10.0
config = supply.get_attribute_config("Setpoint")
assert (config.unit, config.min_value, config.max_value) == ("A", "0.0", "100.0"), config
assert config.memorized == tango.AttrMemorizedType.MEMORIZED, config.memorized
assert supply.Interlock == 0 and list(supply.get_attribute_config("Interlock").enum_labels) == ["none", "overTemperature", "waterFlow"]
try:
    supply.Setpoint = 101.0
    sys.exit("a set point beyond the limit was accepted")
except tango.DevFailed as failure:
    assert failure.args[0].reason == "API_WAttrOutsideLimit", failure
supply.Trip()
assert supply.state() == tango.DevState.FAULT and supply.status() == "Tripped: overTemperature", supply.status()

camera = tango.DeviceProxy("test/camera/1")
assert camera.read_attribute("Picture").quality == tango.AttrQuality.ATTR_INVALID
assert camera.Snap() == 1
assert camera.Picture.shape == (48, 64) and camera.Picture.max() > 0, camera.Picture.shape
assert sum(camera.Histogram) == 64 * 48

detector = tango.DeviceProxy("test/detector/1")
assert list(detector.Features) == ["CountRate", "Threshold", "GateMode", "GateWidth", "SoftTrigger"], detector.Features
assert list(detector.get_attribute_config("GateMode").enum_labels) == ["open", "internal", "external"]
detector.GateMode = 2
assert detector.GateMode == 2
detector.SoftTrigger()

analyzer = tango.DeviceProxy("test/rga/1")
assert len(analyzer.Spectrum) == 50
analyzer.Leak(28)
reading = analyzer.read_attribute("Mass28")
assert reading.value == 1e-6 and reading.quality == tango.AttrQuality.ATTR_ALARM, reading
assert analyzer.read_attribute("Mass29").quality == tango.AttrQuality.ATTR_VALID
print("all examples work")
