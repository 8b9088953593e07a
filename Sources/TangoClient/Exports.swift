@_exported import TangoCore
