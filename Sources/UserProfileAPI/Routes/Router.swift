internal import Wire

/// Finds the route of a method and a path, by comparing bytes; built once from the route table.
package struct Router {
    package enum Outcome: Equatable {
        /// `parameter` is the range of the path's `{…}` segment, still percent-encoded.
        case route(Route, parameter: Range<Int>?)
        /// The path is known, the method is not; `allow` is the header's value.
        case methodNotAllowed(allow: String)
        case notFound
    }

    private enum Segment {
        case literal([UInt8])
        case parameter
    }

    /// All routes of one template.
    private struct Place {
        let segments: [Segment]
        var routes: [(method: Method, route: Route)]
        var allow: String {
            var names: [String] = []
            for (method, _) in routes { names += method == .get ? ["GET", "HEAD"] : [method.rawValue] }
            return names.sorted().joined(separator: ", ")
        }
    }

    /// By number of segments; in each, literal templates before those with a parameter.
    private let places: [[Place]]

    package init() {
        var all: [(template: String, place: Place)] = []
        for route in Route.allCases where route != .unmatched {
            let definition = route.definition
            let entry = (method: definition.method, route: route)
            if let known = all.firstIndex(where: { $0.template == definition.template }) {
                all[known].place.routes.append(entry)
            } else {
                let segments = definition.template.split(separator: "/").map { text -> Segment in
                    text.hasPrefix("{") ? .parameter : .literal(Array(text.utf8))
                }
                all.append((definition.template, Place(segments: segments, routes: [entry])))
            }
        }
        let deepest = all.map(\.place.segments.count).max() ?? 0
        places = (0...deepest).map { depth in
            all.map(\.place).filter { $0.segments.count == depth }.sorted { Self.parameters($0) < Self.parameters($1) }
        }
    }

    private static func parameters(_ place: Place) -> Int {
        place.segments.count { if case .parameter = $0 { true } else { false } }
    }

    /// - Parameters:
    ///   - method: as the client sent it.
    ///   - path: without the query, as the client sent it.
    package func find(method: ArraySlice<UInt8>, path: ArraySlice<UInt8>) -> Outcome {
        guard path.first == ASCII.slash, let segments = split(path), segments.count < places.count else { return .notFound }
        for place in places[segments.count] {
            var parameter: Range<Int>?
            guard matches(place, segments, path, &parameter) else { continue }
            let isHead = method.elementsEqual("HEAD".utf8)
            for (known, route) in place.routes where isHead ? known == .get : method.elementsEqual(known.rawValue.utf8) {
                return .route(route, parameter: parameter)
            }
            return .methodNotAllowed(allow: place.allow)
        }
        return .notFound
    }

    /// The ranges between slashes; nil for an empty segment (a doubled or trailing slash names nothing here) and for endless paths.
    private func split(_ path: ArraySlice<UInt8>) -> [Range<Int>]? {
        var segments: [Range<Int>] = []
        guard path.count > 1 else { return segments }
        segments.reserveCapacity(places.count)
        var start = path.startIndex + 1
        for index in (path.startIndex + 1)..<path.endIndex where path[index] == ASCII.slash {
            guard index > start, segments.count < places.count else { return nil }
            segments.append(start..<index)
            start = index + 1
        }
        guard start < path.endIndex else { return nil }
        segments.append(start..<path.endIndex)
        return segments
    }

    private func matches(_ place: Place, _ segments: [Range<Int>], _ path: ArraySlice<UInt8>, _ parameter: inout Range<Int>?) -> Bool {
        for (segment, range) in zip(place.segments, segments) {
            switch segment {
            case .parameter: parameter = range
            case .literal(let bytes): guard path[range].elementsEqual(bytes) else { return false }
            }
        }
        return true
    }
}
