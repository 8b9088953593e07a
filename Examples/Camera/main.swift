import TangoServer

await DeviceServer.main(classes: [Camera.deviceClass])
