import ArgumentParser
import Foundation
import TangoCore
import TangoGateway

/// `tango rest certificate`: a certificate to try HTTPS with.
struct RestCertificate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Makes a self-signed certificate for development, and its key.")

    @Option(help: "Name or address of the server, repeatable; those of this machine by default.")
    var host: [String] = []

    @Option(help: "Validity in days.")
    var days = 365

    @Option(help: ArgumentHelp("File of the certificate.", valueName: "file"))
    var certificate = "rest-certificate.pem"

    @Option(help: ArgumentHelp("File of the key.", valueName: "file"))
    var key = "rest-key.pem"

    @Flag(help: "Replace existing files.")
    var force = false

    func validate() throws {
        guard (1...3650).contains(self.days) else { throw ValidationError("A certificate is valid for 1 to 3650 days.") }
    }

    func run() async throws {
        await reporting {
            if !self.force, let path = [self.certificate, self.key].first(where: { FileManager.default.fileExists(atPath: $0) }) {
                throw StartFailure("\(path) exists already: --force replaces it")
            }
            let hosts = self.host.isEmpty ? DevelopmentCertificate.localHosts : self.host
            try DevelopmentCertificate(hosts: hosts, days: self.days).write(certificate: self.certificate, key: self.key)
            say("Certificate for \(hosts.joined(separator: ", ")), valid \(self.days) days: \(self.certificate), \(self.key)")
            say("Try: tango rest --certificate \(self.certificate) --key \(self.key)")
        }
    }
}
