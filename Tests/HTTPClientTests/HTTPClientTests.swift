import HTTPClient
import Testing

@Suite struct URLs {
    @Test func namePortAndPath() {
        let url = HTTPURL("https://auth.internal:8443/base/")
        #expect(url?.isSecure == true)
        #expect(url?.host == "auth.internal")
        #expect(url?.port == 8443)
        #expect(url?.path == "/base")
        #expect(HTTPURL("http://[::1]:80")?.host == "::1")
        #expect(HTTPURL("http://h")?.port == 80)
    }

    @Test(arguments: ["", "h", "ftp://h", "http://", "http://h:0", "http://h:x", "http://u@h", "http://h/p?q", "http://h h"])
    func refuseOthers(_ text: String) {
        #expect(HTTPURL(text) == nil)
    }
}

@Suite struct Responses {
    private func read(_ text: String) -> HTTPResponse? { HTTPResponse(Array(text.utf8)) }
    private func body(_ text: String) -> String? { read(text).map { String(decoding: $0.body, as: UTF8.self) } }

    @Test func areReadByLengthByChunksAndToTheEnd() {
        #expect(body("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}x") == "{}")
        #expect(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n3;x=y\r\nabc\r\n0\r\n\r\n") == "{}abc")
        #expect(body("HTTP/1.0 503 Busy\r\n\r\nlater") == "later")
        #expect(read("HTTP/1.0 503 Busy\r\n\r\nlater")?.status == 503)
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ])
    func areRefusedWhenIncomplete(_ text: String) {
        #expect(read(text) == nil)
    }
}
