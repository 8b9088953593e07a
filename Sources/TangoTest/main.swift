import TangoServer
import TangoTestDevice

await DeviceServer.main(name: "TangoTest", classes: [TangoTestClass.deviceClass])
