import FastCGI
import Testing

@Suite struct ResponseWriting {
    private func text(_ writer: ResponseWriter) -> String { String(decoding: writer.bytes, as: UTF8.self) }

    @Test func alwaysSaysHowLongTheBodyIs() {
        var writer = ResponseWriter()
        writer.begin(status: 200, phrase: "OK")
        writer.header("Content-Type", "application/json")
        writer.end(body: Array("{}".utf8).span)
        #expect(text(writer) == "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    }

    @Test func headHasTheHeadOfGet() {
        var writer = ResponseWriter()
        writer.begin(status: 200, phrase: "OK")
        writer.end(body: Array("{}".utf8).span, sendBody: false)
        #expect(text(writer) == "Status: 200 OK\r\nContent-Length: 2\r\n\r\n")
    }

    @Test func aValueCannotForgeAHeader() {
        var writer = ResponseWriter()
        writer.begin(status: 404, phrase: "Not Found")
        writer.header("X-Echo", bytes: "a\r\nSet-Cookie: x=1".utf8.span)
        writer.endWithoutBody()
        #expect(text(writer) == "Status: 404 Not Found\r\nX-Echo: aSet-Cookie: x=1\r\n\r\n")
    }

    @Test func startsAfreshForTheNextResponse() {
        var writer = ResponseWriter()
        writer.begin(status: 500, phrase: "Internal Server Error")
        writer.end(body: Array("long".utf8).span)
        writer.begin(status: 204, phrase: "No Content")
        writer.endWithoutBody()
        #expect(text(writer) == "Status: 204 No Content\r\n\r\n")
    }
}

@Suite struct RequestParameters {
    private func request(_ pairs: [String]) -> Request {
        var request = Request(names: ["REQUEST_METHOD", "HTTP_AUTHORIZATION"])
        for pair in pairs { Array(pair.utf8).withUnsafeBufferPointer { request.take($0) } }
        return request
    }

    @Test func keepsWhatWasAskedFor() {
        let request = request(["REQUEST_METHOD=GET", "HTTP_COOKIE=x", "HTTP_AUTHORIZATION=Bearer a=b"])
        #expect(request[0].map { Array($0) } == Array("GET".utf8))
        #expect(request[1].map { Array($0) } == Array("Bearer a=b".utf8))
        #expect(!request.isRepeated(1))
    }

    @Test func noticesARepeatedHeader() {
        #expect(request(["HTTP_AUTHORIZATION=a", "HTTP_AUTHORIZATION=b"]).isRepeated(1))
    }

    @Test func doesNotTakeALongerNameForAShorter() {
        let request = request(["REQUEST_METHOD_X=1", "HTTP_AUTHORIZATION2=b", "REQUEST_METHOD"])
        #expect(request[0] == nil)
        #expect(request[1] == nil)
    }

    @Test func forgetsTheRequestBefore() {
        var request = request(["HTTP_AUTHORIZATION=a", "HTTP_AUTHORIZATION=b"])
        request.reset()
        #expect(request[1] == nil)
        #expect(!request.isRepeated(1))
        #expect(request.body.isEmpty)
    }
}
