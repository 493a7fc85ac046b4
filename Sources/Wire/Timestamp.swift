/// A calendar date of the proleptic Gregorian calendar, as `YYYY-MM-DD`.
public struct CalendarDate: Hashable, Comparable, Sendable {
    public let year: Int
    public let month: Int
    public let day: Int

    /// nil unless it is a day that exists, years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads exactly `YYYY-MM-DD`.
    public init?(_ text: Span<UInt8>) {
        guard text.count == 10, text[4] == ASCII.minus, text[7] == ASCII.minus,
            let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The UTC date of an instant in seconds since 1970.
    public init(epochSeconds: Int) {
        var days = epochSeconds / 86400
        if epochSeconds % 86400 < 0 { days -= 1 }
        // Howard Hinnant's civil_from_days: eras of 400 years that begin on 1 March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    public var epochDays: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Completed years between this date of birth and `today`; somebody born on 29 February has a birthday on 1 March.
    public func age(on today: CalendarDate) -> Int {
        today.year - year - ((today.month, today.day) < (month, day) ? 1 : 0)
    }

    public static func < (one: Self, other: Self) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }

    public func write(to buffer: inout [UInt8]) {
        buffer.append(decimal: year, width: 4)
        buffer.append(ASCII.minus)
        buffer.append(decimal: month, width: 2)
        buffer.append(ASCII.minus)
        buffer.append(decimal: day, width: 2)
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

/// An instant in microseconds since 1970, read and written as RFC 3339.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let microseconds: Int
    /// Seconds of the years 1 to 9999.
    public static let years = -62_135_596_800...253_402_300_799

    public init(microseconds: Int) { self.microseconds = microseconds }
    public init(seconds: Int) { self.microseconds = seconds * 1_000_000 }

    public var seconds: Int { microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000 }

    /// Reads RFC 3339 with any offset and fraction (digits past the microsecond are cut); nil for anything else, leap seconds too.
    public init?(_ text: Span<UInt8>) {
        guard text.count >= 20, let date = CalendarDate(text.extracting(0..<10)), text[10] | 0x20 == UInt8(ascii: "t"),
            text[13] == ASCII.colon, text[16] == ASCII.colon,
            let hour = digits(text, 11, 2), let minute = digits(text, 14, 2), let second = digits(text, 17, 2),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var fraction = 0
        if text[index] == ASCII.dot {
            index += 1
            let start = index
            var scale = 100_000
            while index < text.count, ASCII.isDigit(text[index]) {
                fraction += Int(text[index] - ASCII.zero) * scale
                scale /= 10
                index += 1
            }
            guard index > start else { return nil }
        }
        guard index < text.count, let offset = Self.offsetMinutes(text, at: index) else { return nil }
        let seconds = date.epochDays * 86400 + hour * 3600 + minute * 60 + second - offset * 60
        // The offset must not carry it out of the years that four digits write.
        guard Self.years.contains(seconds) else { return nil }
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    private static func offsetMinutes(_ text: Span<UInt8>, at index: Int) -> Int? {
        if text[index] | 0x20 == UInt8(ascii: "z") { return index + 1 == text.count ? 0 : nil }
        guard text.count == index + 6, text[index] == ASCII.plus || text[index] == ASCII.minus, text[index + 3] == ASCII.colon,
            let hours = digits(text, index + 1, 2), let minutes = digits(text, index + 4, 2), hours < 24, minutes < 60
        else { return nil }
        return (text[index] == ASCII.minus ? -1 : 1) * (hours * 60 + minutes)
    }

    public static func < (one: Self, other: Self) -> Bool { one.microseconds < other.microseconds }

    /// Appends `YYYY-MM-DDTHH:MM:SSZ`, with `fractionDigits` (0, 3 or 6) digits of a second.
    public func write(to buffer: inout [UInt8], fractionDigits: Int = 0) {
        let seconds = self.seconds
        CalendarDate(epochSeconds: seconds).write(to: &buffer)
        let ofDay = ((seconds % 86400) + 86400) % 86400
        buffer.append(UInt8(ascii: "T"))
        buffer.append(decimal: ofDay / 3600, width: 2)
        buffer.append(ASCII.colon)
        buffer.append(decimal: ofDay / 60 % 60, width: 2)
        buffer.append(ASCII.colon)
        buffer.append(decimal: ofDay % 60, width: 2)
        if fractionDigits > 0 {
            let fraction = microseconds - seconds * 1_000_000
            buffer.append(ASCII.dot)
            buffer.append(decimal: fractionDigits == 3 ? fraction / 1000 : fraction, width: fractionDigits)
        }
        buffer.append(UInt8(ascii: "Z"))
    }
}

/// The number written in `count` ASCII digits from `start`; nil when one of them is no digit or lies outside.
func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= text.count else { return nil }
    var value = 0
    for index in start..<start + count {
        guard ASCII.isDigit(text[index]) else { return nil }
        value = value * 10 + Int(text[index] - ASCII.zero)
    }
    return value
}
