import Redis
import Testing

@Suite struct Endpoints {
    @Test(arguments: [
        ("redis://localhost", Endpoint(address: .tcp(host: "localhost", port: 6379))),
        ("redis://127.0.0.1:6380/3", Endpoint(address: .tcp(host: "127.0.0.1", port: 6380), database: 3)),
        ("redis://:pa:ss@h:1", Endpoint(address: .tcp(host: "h", port: 1), password: "pa:ss")),
        ("redis://user:p@ss@h/", Endpoint(address: .tcp(host: "h", port: 6379), user: "user", password: "p@ss")),
        ("redis://[::1]:6379", Endpoint(address: .tcp(host: "::1", port: 6379))),
        (
            "redis+sentinel://:pw@a,b:1/mymaster/2",
            Endpoint(
                address: .sentinel(hosts: [.init(host: "a", port: 26379), .init(host: "b", port: 1)], master: "mymaster"), password: "pw",
                database: 2)
        ),
        ("unix:///run/redis.sock", Endpoint(address: .unix(path: "/run/redis.sock"))),
    ])
    func areReadFromURLs(_ url: String, _ endpoint: Endpoint) {
        #expect(Endpoint(url: url) == endpoint)
    }

    @Test(arguments: [
        "", "localhost:6379", "http://h", "redis://", "redis://h:0", "redis://h:65536", "redis://h:x", "redis://h/db", "unix://relative",
    ])
    func areRefusedOtherwise(_ url: String) {
        #expect(Endpoint(url: url) == nil)
    }
}

@Suite struct Breaking {
    @Test func pausesLongerWithEachFailureUpToALimit() {
        var breaker = CircuitBreaker(shortest: 100, longest: 300)
        #expect(breaker.allows(now: 0))
        breaker.failed(now: 0)
        #expect(!breaker.allows(now: 99))
        #expect(breaker.allows(now: 100))
        breaker.failed(now: 100)
        #expect(!breaker.allows(now: 299))
        breaker.failed(now: 300)
        #expect(!breaker.allows(now: 599))
        #expect(breaker.allows(now: 600))
    }

    @Test func oneSuccessForgetsTheFailures() {
        var breaker = CircuitBreaker(shortest: 100, longest: 1000)
        breaker.failed(now: 0)
        breaker.failed(now: 100)
        breaker.succeeded()
        #expect(breaker.allows(now: 101))
        breaker.failed(now: 200)
        #expect(breaker.allows(now: 300))
    }
}
