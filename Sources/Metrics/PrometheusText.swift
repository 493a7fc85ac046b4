/// The Prometheus text exposition format 0.0.4 of a whole scoreboard.
public enum PrometheusText {
    public static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    public static func render(_ scoreboard: Scoreboard, into text: inout String) {
        for family in scoreboard.schema.families { render(family, scoreboard, into: &text) }
        text += "# HELP worker_restarts_total Workers replaced, by reason.\n# TYPE worker_restarts_total counter\n"
        for (index, reason) in StatusBoard.restartReasons.enumerated() {
            text += "worker_restarts_total{reason=\"\(reason)\"} \(scoreboard.board.restarts(index))\n"
        }
    }

    private static func render(_ family: Family, _ scoreboard: Scoreboard, into text: inout String) {
        text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(typeName(family.kind))\n"
        for (index, labels) in family.series.enumerated() {
            let first = family.firstCell + index * family.cellsPerSeries
            if case .histogram(let bounds) = family.kind {
                render(histogram: family.name, labels, bounds, first: first, scoreboard, into: &text)
            } else {
                text += family.name
                if !labels.isEmpty { text += "{\(labels)}" }
                let value = family.kind == .gauge ? scoreboard.present(first) : scoreboard.total(first)
                text += family.divisor == 1 ? " \(value)\n" : " \(Double(value) / Double(family.divisor))\n"
            }
        }
    }

    private static func render(
        histogram name: String, _ labels: String, _ bounds: [Double], first: Int, _ scoreboard: Scoreboard, into text: inout String
    ) {
        let prefix = labels.isEmpty ? "" : labels + ","
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        var cumulative: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            cumulative += scoreboard.total(first + index)
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulative)\n"
        }
        cumulative += scoreboard.total(first + bounds.count)
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(cumulative)\n"
        text += "\(name)_sum\(suffix) \(Double(scoreboard.total(first + bounds.count + 1)) / 1e9)\n"
        text += "\(name)_count\(suffix) \(cumulative)\n"
    }

    private static func typeName(_ kind: Family.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
