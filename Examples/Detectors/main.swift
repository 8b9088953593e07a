import TangoServer

await DeviceServer.main(classes: [Detector.deviceClass])
