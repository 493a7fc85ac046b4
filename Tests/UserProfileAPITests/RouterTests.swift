import Testing
import UserProfileAPI

private let router = Router()

private func find(_ method: String, _ path: String) -> Router.Outcome {
    router.find(method: Array(method.utf8)[...], path: Array(path.utf8)[...])
}

@Suite struct Routing {
    @Test func everyRouteIsFoundByItsOwnTemplate() {
        for route in Route.allCases where route != .unmatched {
            let path = route.definition.template.replacing("{user_id}", with: "0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f").replacing(
                "{tag}", with: "x%20y")
            guard case .route(let found, _) = find(route.definition.method.rawValue, path) else {
                Issue.record("\(route) is not found")
                continue
            }
            #expect(found == route)
        }
    }

    @Test func literalsWinOverParameters() {
        #expect(find("GET", "/api/v1/users/me") == .route(.ownProfile, parameter: nil))
        #expect(find("GET", "/api/v1/users/Me") == .route(.publicProfile, parameter: 14..<16))
    }

    @Test func headIsServedWhereGetIs() {
        #expect(find("HEAD", "/health") == .route(.health, parameter: nil))
    }

    @Test func aKnownPathWithAnotherMethodSaysWhichItKnows() {
        #expect(find("POST", "/health") == .methodNotAllowed(allow: "GET, HEAD"))
        #expect(find("DELETE", "/api/v1/users/me/interests") == .methodNotAllowed(allow: "GET, HEAD, POST, PUT"))
        #expect(find("HEAD", "/api/v1/users/me/interests/x") == .methodNotAllowed(allow: "DELETE"))
        #expect(find("get", "/health") == .methodNotAllowed(allow: "GET, HEAD"))
        #expect(find("", "/health") == .methodNotAllowed(allow: "GET, HEAD"))
    }

    @Test(arguments: [
        "", "health", "/health/", "//", "/api/v1", "/api/v1/users", "/api/v1//users/me", "/api/v1/users/me/", "/API/v1/users/me",
        "/api/v1/users/me/x/y/z",
        "/a/b/c/d/e/f/g/h/i/j", "/api/v2/users/me",
    ])
    func unknownPathsAreNotFound(_ path: String) {
        #expect(find("GET", path) == .notFound)
    }
}
