import TangoServer

await DeviceServer.main(name: "EventTarget", classes: [EventTarget.deviceClass])
