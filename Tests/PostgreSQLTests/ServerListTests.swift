import PostgreSQL
import Testing

@Suite("Servers that a connection string names")
struct ServerListTests {
    @Test(
        "one or none: nothing is chosen for libpq", arguments: ["postgresql://u@db/name", "dbname=x", "postgresql:///x?host=/run/pg", "%%"])
    func single(_ url: String) {
        #expect(ServerList(url: url).choices == [[:]])
    }

    @Test("a URI with a port each")
    func uri() {
        #expect(
            ServerList(url: "postgresql://u:p@a:5001,b:5002/name").choices == [
                ["host": "a", "port": "5001"], ["host": "b", "port": "5002"],
            ])
    }

    @Test("keywords with one port for all")
    func keywords() {
        #expect(
            ServerList(url: "host=a,/run/pg port=6432 user=u").choices == [
                ["host": "a", "port": "6432"], ["host": "/run/pg", "port": "6432"],
            ])
    }

    @Test("addresses beside names, and a port left to its default")
    func addresses() {
        #expect(
            ServerList(url: "host=a,b hostaddr=10.0.0.1,10.0.0.2 port=,5433").choices == [
                ["host": "a", "hostaddr": "10.0.0.1", "port": ""], ["host": "b", "hostaddr": "10.0.0.2", "port": "5433"],
            ])
    }
}
