import Foundation
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

/// Who a request comes from.
enum Requester: Sendable {
    case client(PeerAddress)
    case polling
}

/// The last requests to a device. Recording is cheap; text is made when somebody reads.
final class BlackBox: Sendable {
    private struct Entry {
        var time: Timestamp
        var operation: TangoWire.Operation
        var names: [String]
        var readNames: [String]
        var source: DevSource?
        var identity: ClientIdentity?
        var requester: Requester
    }

    private struct State {
        var entries: [Entry] = []
        var next = 0
    }

    private let state = Mutex(State())
    private let depth: Int

    /// - Parameter depth: number of requests kept; the incumbents' 50.
    init(depth: Int = 50) {
        self.depth = max(1, depth)
    }

    func record(_ call: DeviceCall, _ operation: TangoWire.Operation, from requester: Requester) {
        var entry = Entry(
            time: .now, operation: operation, names: [], readNames: [], source: nil, identity: call.identity, requester: requester)
        switch call {
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
        self.state.withLock { state in
            if state.entries.count < self.depth {
                state.entries.append(entry)
            } else {
                state.entries[state.next] = entry
            }
            state.next = (state.next + 1) % self.depth
        }
    }

    /// The newest `count` lines, newest first.
    /// - Throws: `API_BlackBoxArgument` for fewer than 1, `API_BlackBoxEmpty`.
    func lines(_ count: Int) throws(DevFailed) -> [String] {
        guard count >= 1 else { throw DevFailed(.blackBoxArgument, "Argument to read black box out of range", origin: "BlackBox::read") }
        let newestFirst = self.state.withLock { state in
            (0..<state.entries.count).map { state.entries[(state.next - 1 - $0 + 2 * state.entries.count) % state.entries.count] }
        }
        guard !newestFirst.isEmpty else { throw DevFailed(.blackBoxEmpty, "Nothing stored yet in black-box", origin: "BlackBox::read") }
        return newestFirst.prefix(count).map(Self.line)
    }

    private static func line(_ entry: Entry) -> String {
        "\(Self.date(entry.time)) : \(Self.what(entry)) requested from \(Self.who(entry))"
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

    private static func what(_ entry: Entry) -> String {
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

    private static func who(_ entry: Entry) -> String {
        guard case .client(let peer) = entry.requester else { return "polling" }
        let host = peer.host == "127.0.0.1" || peer.host == "::1" ? "localhost" : peer.host
        switch entry.identity {
        case .cpp(let pid), .cpp6(let pid, _, _): return "\(host) (CPP/Python client with PID \(pid))"
        case .java(let main, _), .java6(let main, _, _, _): return "\(host) (Java client with main class \(main))"
        case nil: return host
        }
    }
}
