import TangoServer

await DeviceServer.main(classes: [GasAnalyzer.deviceClass])
