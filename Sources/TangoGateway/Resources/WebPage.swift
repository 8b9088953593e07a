import HTTPTypes
import TangoCore

/// A file of the page at `/`: devices and live values, by this interface alone.
///
/// The files are in `Page`; the build makes them a part of the program (`PackageResources`).
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

    /// The page, with the version of the program in it.
    private static let indexBytes = Array(
        String(decoding: PackageResources.index_html, as: UTF8.self).replacing("{version}", with: Product.version).utf8)

    /// Where it is found, by its own name.
    var path: String { "/page/\(self.rawValue)" }

    var contentType: String {
        switch self {
        case .index: "text/html;charset=utf-8"
        case .style: "text/css;charset=utf-8"
        case .icon: "image/svg+xml"
        default: "text/javascript;charset=utf-8"
        }
    }

    /// What a browser may do with the page: run and show what comes from here, and nothing a device says.
    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    /// Kept by the browser, but asked for each time: files of two versions would not fit together.
    var answer: Answer {
        var answer = Answer(content: .bytes(self.bytes, contentType: self.contentType))
        answer.headers[.contentSecurityPolicy] = Self.policy
        answer.headers[.xContentTypeOptions] = "nosniff"
        answer.headers[.referrerPolicy] = "no-referrer"
        return answer
    }
}
