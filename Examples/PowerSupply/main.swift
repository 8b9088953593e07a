import TangoServer

await DeviceServer.main(classes: [PowerSupply.deviceClass])
