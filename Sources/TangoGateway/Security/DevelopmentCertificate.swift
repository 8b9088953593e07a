import Crypto
import Foundation
import NIOCore
import SwiftASN1
package import TangoCore
import X509

/// A self-signed certificate, for development or for clients that are given it.
package struct DevelopmentCertificate: Sendable {
    /// The certificate, as PEM.
    package let certificate: String
    /// Its private key (P-256), as PEM.
    package let key: String

    /// Creates a key and its certificate.
    /// - Parameters:
    ///   - hosts: names and addresses of the server; the first is the subject.
    ///   - days: validity, from now.
    /// - Throws: `REST_BadValue` for an empty list, or a host that is neither a name nor an address.
    package init(hosts: [String], days: Int) throws(DevFailed) {
        guard let first = hosts.first else {
            throw DevFailed(.restBadValue, "A certificate is for at least one host", origin: "certificate")
        }
        var names: [GeneralName] = []
        for host in hosts { names.append(try Self.generalName(host)) }
        let privateKey = P256.Signing.PrivateKey()
        let now = Date()
        do {
            let subject = try DistinguishedName { CommonName(first) }
            let certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(privateKey.publicKey),
                // Clocks of clients may be behind.
                notValidBefore: now.addingTimeInterval(-3600), notValidAfter: now.addingTimeInterval(Double(days) * 86400),
                issuer: subject, subject: subject,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names)
                }, issuerPrivateKey: Certificate.PrivateKey(privateKey))
            self.certificate = try certificate.serializeAsPEM().pemString + "\n"
        } catch {
            throw DevFailed(.restInternal, "The certificate could not be made: \(error)", origin: "certificate")
        }
        self.key = privateKey.pemRepresentation + "\n"
    }

    /// Names and addresses of this machine.
    package static var localHosts: [String] {
        var hosts = ["localhost", "127.0.0.1", "::1"]
        let name = ProcessInfo.processInfo.hostName
        if !hosts.contains(name), (try? Self.generalName(name)) != nil { hosts.append(name) }
        return hosts
    }

    /// Writes both files; only the owner can read the key.
    /// - Throws: `REST_CantWriteFile`.
    package func write(certificate certificatePath: String, key keyPath: String) throws(DevFailed) {
        try PrivateFile.write(self.key, to: keyPath)
        do {
            try Data(self.certificate.utf8).write(to: URL(fileURLWithPath: certificatePath))
        } catch {
            throw DevFailed(.restCantWriteFile, "\(certificatePath) cannot be written", origin: "certificate")
        }
    }

    private static func generalName(_ host: String) throws(DevFailed) -> GeneralName {
        if let address = try? SocketAddress(ipAddress: host, port: 0) {
            switch address {
            case .v4(let address): return .ipAddress(ASN1OctetString(contentBytes: Self.bytes(of: address.address, at: 4..<8)))
            case .v6(let address): return .ipAddress(ASN1OctetString(contentBytes: Self.bytes(of: address.address, at: 8..<24)))
            case .unixDomainSocket: break
            }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63
                && label.utf8.allSatisfy {
                    ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2A
                }
        }
        guard isName, host.utf8.count <= 253 else {
            throw DevFailed(.restBadValue, "\"\(host)\" is neither a host name nor an address", origin: "certificate")
        }
        return .dnsName(host)
    }

    /// Returns the address within a `sockaddr_in` or `sockaddr_in6`.
    private static func bytes<Address>(of address: Address, at range: Range<Int>) -> ArraySlice<UInt8> {
        withUnsafeBytes(of: address) { Array($0[range])[...] }
    }
}
