import TangoServer

await DeviceServer.main(classes: [BenchTarget.deviceClass])
