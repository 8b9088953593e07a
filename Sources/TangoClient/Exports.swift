@_exported public import TangoCore
