import HTTPTypes
import TangoCore

/// A file of the web page at `/`, which shows devices and live values and uses the REST API only.
///
/// The files are in `Page`; the build embeds them in the program (`PackageResources`).
enum WebPage: String, Sendable, CaseIterable {
    case index = "index.html"
    case style = "style.css"
    case icon = "icon.svg"
    case api = "api.js"
    case attributes = "attributes.js"
    case commands = "commands.js"
    case device = "device.js"
    case dom = "dom.js"
    case inputs = "inputs.js"
    case list = "list.js"
    case main = "main.js"
    case picture = "picture.js"
    case pipes = "pipes.js"
    case poller = "poller.js"
    case properties = "properties.js"
    case sparkline = "sparkline.js"
    case tree = "tree.js"
    case values = "values.js"

    var bytes: [UInt8] {
        switch self {
        case .index: Self.indexBytes
        case .style: PackageResources.style_css
        case .icon: PackageResources.icon_svg
        case .api: PackageResources.api_js
        case .attributes: PackageResources.attributes_js
        case .commands: PackageResources.commands_js
        case .device: PackageResources.device_js
        case .dom: PackageResources.dom_js
        case .inputs: PackageResources.inputs_js
        case .list: PackageResources.list_js
        case .main: PackageResources.main_js
        case .picture: PackageResources.picture_js
        case .pipes: PackageResources.pipes_js
        case .poller: PackageResources.poller_js
        case .properties: PackageResources.properties_js
        case .sparkline: PackageResources.sparkline_js
        case .tree: PackageResources.tree_js
        case .values: PackageResources.values_js
        }
    }

    /// The index page with the version of the program.
    private static let indexBytes = Array(
        String(decoding: PackageResources.index_html, as: UTF8.self).replacing("{version}", with: Product.version).utf8)

    /// Path of the file.
    var path: String { "/page/\(self.rawValue)" }

    var contentType: String {
        switch self {
        case .index: "text/html;charset=utf-8"
        case .style: "text/css;charset=utf-8"
        case .icon: "image/svg+xml"
        default: "text/javascript;charset=utf-8"
        }
    }

    /// Content security policy: a browser runs and shows only what comes from this server, and nothing a device sends.
    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    /// Browsers keep the file, but validate it each time: files of different versions would not fit together.
    var answer: Answer {
        var answer = Answer(content: .bytes(self.bytes, contentType: self.contentType))
        answer.headers[.contentSecurityPolicy] = Self.policy
        answer.headers[.referrerPolicy] = "no-referrer"
        return answer
    }
}
