import TangoServer

await DeviceServer.main(classes: [GasAnalyser.deviceClass])
