import Foundation
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

/// The last requests to a device. Recording is cheap: text is made when the black box is read.
final class BlackBox: Sendable {
    /// Origin of a request.
    enum Requester: Sendable {
        case client(PeerAddress)
        case polling
        /// Code of a device while the server starts.
        case initialization
        /// Code of a device, later.
        case userThread

        /// Address that identifies the requester to locks.
        var peer: PeerAddress {
            if case .client(let peer) = self { peer } else { .thisProcess }
        }
    }

    /// Who the client says it is.
    fileprivate enum Program {
        case process(UInt32)
        case java(mainClass: String)

        init(_ identity: ClientIdentity) {
            switch identity {
            case .cpp(let pid), .cpp6(let pid, _, _): self = .process(pid)
            case .java(let main, _), .java6(let main, _, _, _): self = .java(mainClass: BlackBox.shortened(main))
            }
        }
    }

    fileprivate struct Entry {
        var time: Timestamp
        var operation: TangoWire.Operation
        var names: [String]
        var readNames: [String]
        var source: DevSource?
        var program: Program?
        var requester: Requester
    }

    private struct State {
        var entries: [Entry] = []
        var next = 0
    }

    /// Most requests kept, whatever a property says.
    static let largestDepth = 10_000

    private let state = Mutex(State())
    private let depth: Int

    /// - Parameter depth: number of requests kept; 50, as in cppTango 9.3.4, for `nil` and for numbers below 1.
    init(depth: Int? = nil) {
        self.depth = depth.flatMap { $0 > 0 ? min($0, Self.largestDepth) : nil } ?? 50
    }

    /// Records a request; those of CORBA itself are not recorded.
    func record(_ request: Request) {
        var entry = Entry(
            time: .now, operation: request.operation, names: [], readNames: [], source: nil,
            program: request.call.identity.map(Program.init),
            requester: request.requester)
        switch request.call {
        case .isA, .nonExistent, .interface: return
        case .command(let name, _, let source, _, let version):
            entry.names = [name]
            entry.source = version >= 2 ? source : nil
        case .readAttributes(let names, let source, _, let version):
            entry.names = names
            entry.source = version >= 2 ? source : nil
        case .writeAttributes(let values, _, _): entry.names = values.map(\.name)
        case .writeReadAttributes(let values, let read, _, _):
            entry.names = values.map(\.name)
            entry.readNames = read
        case .readPipe(let name, _): entry.names = [name]
        case .writePipe(let value, _), .writeReadPipe(let value, _): entry.names = [value.name]
        default: break
        }
        entry.names = Self.kept(entry.names)
        entry.readNames = Self.kept(entry.readNames)
        self.state.withLock { state in
            if state.entries.count < self.depth {
                state.entries.append(entry)
            } else {
                state.entries[state.next] = entry
            }
            state.next = (state.next + 1) % self.depth
        }
    }

    /// Most bytes of the names kept of a request. A request may name anything, and its names are no longer than it.
    static let nameLimit = 8192
    /// What a name costs beside its text.
    private static let nameCost = 16

    /// The names of a request as far as they are kept, copied; dots stand for what is left out.
    static func kept(_ names: [String]) -> [String] {
        var left = Self.nameLimit
        for (index, name) in names.enumerated() {
            let cost = name.utf8.count + Self.nameCost
            guard cost <= left else {
                let rest = left > 256 ? [Self.shortened(name, to: left - Self.nameCost)] : ["..."]
                return Array(names[..<index]) + rest
            }
            left -= cost
        }
        return names
    }

    /// A text of a request, copied; dots stand for what is beyond the limit.
    static func shortened(_ text: String, to limit: Int = 256) -> String {
        guard text.utf8.count > limit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, limit)))) + "..."
    }

    /// The newest `count` requests.
    /// - Throws: `API_BlackBoxArgument` for fewer than 1, `API_BlackBoxEmpty`.
    func page(_ count: Int) throws(DevFailed) -> Page {
        guard count >= 1 else { throw DevFailed(.blackBoxArgument, "Argument to read black box out of range", origin: "BlackBox::read") }
        let newestFirst = self.state.withLock { state in
            (0..<state.entries.count).map { state.entries[(state.next - 1 - $0 + 2 * state.entries.count) % state.entries.count] }
        }
        guard !newestFirst.isEmpty else { throw DevFailed(.blackBoxEmpty, "Nothing stored yet in black-box", origin: "BlackBox::read") }
        return Page(entries: Array(newestFirst.prefix(count)))
    }

    /// The newest `count` lines, newest first; hosts by their addresses.
    /// - Throws: as `page`.
    func lines(_ count: Int) throws(DevFailed) -> [String] { try self.page(count).lines() }

    /// Requests at one moment, newest first.
    struct Page: Sendable {
        fileprivate let entries: [Entry]

        /// Addresses of clients of other hosts.
        var remoteHosts: Set<String> {
            Set(
                self.entries.compactMap { entry in
                    guard case .client(let peer) = entry.requester, !HostNames.isLocal(peer.host) else { return nil }
                    return peer.host
                })
        }

        /// - Parameter names: of hosts, by address.
        func lines(_ names: [String: String] = [:]) -> [String] { self.entries.map { BlackBox.line($0, names) } }
    }

    private static func line(_ entry: Entry, _ names: [String: String]) -> String {
        "\(Self.date(entry.time)) : \(Self.description(of: entry)) requested \(Self.origin(of: entry, names))"
    }

    /// `dd/mm/yyyy hh:mm:ss:cc`, local time, hundredths of a second.
    private static func date(_ time: Timestamp) -> String {
        var seconds = time_t(time.seconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return String(
            format: "%02d/%02d/%04d %02d:%02d:%02d:%02d", parts.tm_mday, parts.tm_mon + 1, parts.tm_year + 1900, parts.tm_hour,
            parts.tm_min,
            parts.tm_sec, time.microseconds / 10_000)
    }

    private static func description(of entry: Entry) -> String {
        let name = entry.operation.name
        switch entry.operation {
        case .getName, .getDescription, .getState, .getStatus, .getAdmName: return "Attribute " + name.dropFirst("_get_".count)
        case .blackBox: return "Operation blackbox"
        case .commandInout, .commandInout2, .commandInout4:
            return "Operation \(name) (cmd = \(entry.names.first ?? ""))\(Self.from(entry.source))"
        case .writeReadAttributes4, .writeReadAttributes5:
            return "Operation \(name) (\(entry.names.joined(separator: ", "))/\(entry.readNames.joined(separator: ", ")))"
        default:
            let list = entry.names.isEmpty ? "" : " (\(entry.names.joined(separator: ", ")))"
            return "Operation \(name)\(list)\(Self.from(entry.source))"
        }
    }

    private static func from(_ source: DevSource?) -> String {
        switch source {
        case .device: " from device"
        case .cache: " from cache"
        case .cacheDevice: " from cache_device"
        case nil: ""
        }
    }

    private static func origin(of entry: Entry, _ names: [String: String]) -> String {
        let host: String
        switch entry.requester {
        case .client(let peer): host = HostNames.isLocal(peer.host) ? "localhost" : names[peer.host] ?? peer.host
        case .polling: return "from polling"
        case .initialization: return "during device server process init sequence"
        case .userThread: return "from user thread"
        }
        switch entry.program {
        case .process(let pid): return "from \(host) (CPP/Python client with PID \(pid))"
        case .java(let main): return "from \(host) (Java client with main class \(main))"
        case nil: return "from \(host)"
        }
    }
}
