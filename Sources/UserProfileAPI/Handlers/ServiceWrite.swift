internal import PostgreSQL
internal import Wire

/// A write that a sibling service asks for: on the user in the path, repeatable under an Idempotency-Key.
enum ServiceWrite {
    /// - Parameter read: reads the body and returns what binds its values; called after the path was found good.
    static func answer(
        _ exchange: Exchange, _ function: DatabaseFunction,
        _ read: () throws(APIError) -> (inout Parameters) -> Void = { () throws(APIError) in { _ in } }
    ) throws(APIError) -> Answer {
        guard let service = exchange.callingService else { preconditionFailure("a route for services") }
        let user = try PathParameter.userID(exchange)
        let bind = try read()
        let idempotency = try Idempotency(exchange, caller: service.rawValue, user: user)
        let rows = try exchange.changing(user) { () throws(APIError) in
            try exchange.call(function, idempotency.effect) { parameters in
                parameters.append(service.rawValue)
                parameters.append { user.write(to: &$0) }
                bind(&parameters)
                idempotency.bind(&parameters)
            }
        }
        return try Idempotency.answer(rows)
    }
}
