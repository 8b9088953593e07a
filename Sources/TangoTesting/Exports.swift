@_exported public import TangoClient
@_exported public import TangoServer
