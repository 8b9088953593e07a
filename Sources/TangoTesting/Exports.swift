@_exported import TangoClient
@_exported import TangoServer
