import TangoServer

// Thousands of devices are measured.
await DeviceServer.main(classes: [BenchTarget.deviceClass], loadsDevicesIndividually: true)
