import PostgreSQL
import Testing

@Suite struct ServersOfAConnectionString {
    @Test(arguments: ["postgresql://u@db/name", "dbname=x", "postgresql:///x?host=/run/pg", "%%"])
    func oneOrNoneIsLeftToLibpq(_ url: String) {
        #expect(ServerList(url: url).choices == [["dbname": url]])
    }

    @Test func aURINamesAPortForEachAndWhatIsTheSameForBoth() {
        let same = ["user": "u", "password": "p", "dbname": "name", "sslmode": "require"]
        #expect(
            ServerList(url: "postgresql://u:p@a:5001,b:5002/name?sslmode=require").choices == [
                same.merging(["host": "a", "port": "5001"]) { $1 }, same.merging(["host": "b", "port": "5002"]) { $1 },
            ])
    }

    /// An empty port beside the string's own list would match no host.
    @Test(arguments: ["postgresql://a,b/db", "host=a,b dbname=db", "host=a,b port=, dbname=db"])
    func withoutAPortItIsTheUsualOne(_ url: String) {
        #expect(ServerList(url: url).choices == [["host": "a", "dbname": "db"], ["host": "b", "dbname": "db"]])
    }

    @Test func keywordsMayShareAPort() {
        #expect(
            ServerList(url: "host=a,/run/pg port=6432").choices == [["host": "a", "port": "6432"], ["host": "/run/pg", "port": "6432"]])
    }

    @Test func addressesAndPortsMayBeLeftOut() {
        #expect(
            ServerList(url: "host=a,b hostaddr=10.0.0.1, port=,5433").choices == [
                ["host": "a", "hostaddr": "10.0.0.1"], ["host": "b", "port": "5433"],
            ])
    }
}
