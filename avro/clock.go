package avro

import "strconv"

const (
	secondsPerDay = 86400
	firstDay      = -719162 // 0001-01-01, in days from 1970-01-01
	lastDay       = 2932896 // 9999-12-31
)

// appendInteger appends an int or long: the number, or the date or time that its logical type
// makes of it. What is outside the range of dates or times is the number (R11).
func appendInteger(dst []byte, n *node, v int64) (out []byte, quote bool) {
	switch n.logical {
	case date:
		if v >= firstDay && v <= lastDay {
			return appendDate(dst, v), true
		}
	case timeOfDay:
		if v >= 0 && v < secondsPerDay*n.unit {
			return appendClock(dst, v/n.unit, v%n.unit*(1e6/n.unit)), true
		}
	case timestamp, localTimestamp:
		seconds, part := floorDiv(v, n.unit)
		micros := part
		if n.unit > 1e6 {
			micros /= n.unit / 1e6
		} else {
			micros *= 1e6 / n.unit
		}
		days, second := floorDiv(seconds, secondsPerDay)
		if days < firstDay || days > lastDay {
			break
		}
		dst = appendClock(append(appendDate(dst, days), 'T'), second, micros)
		if n.logical == timestamp {
			dst = append(dst, 'Z')
		}
		return dst, true
	}
	return strconv.AppendInt(dst, v, 10), false
}

// floorDiv divides such that the rest is never negative.
func floorDiv(v, by int64) (quotient, rest int64) {
	quotient, rest = v/by, v%by
	if rest < 0 {
		quotient, rest = quotient-1, rest+by
	}
	return quotient, rest
}

// appendDate appends YYYY-MM-DD. The arithmetic counts years from March, so that a leap day is a
// year's last, in eras of 400 years.
func appendDate(dst []byte, days int64) []byte {
	const perEra = 146097
	era, day := floorDiv(days+719468, perEra)
	yearOfEra := (day - day/1460 + day/36524 - day/(perEra-1)) / 365
	dayOfYear := day - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153 // month from March
	month := shifted + 3
	year := yearOfEra + era*400
	if month > 12 {
		month -= 12
		year++
	}
	dst = appendPadded(dst, year, 4)
	dst = appendPadded(append(dst, '-'), month, 2)
	return appendPadded(append(dst, '-'), dayOfYear-(153*shifted+2)/5+1, 2)
}

// appendClock appends HH:MM:SS, and .ffffff unless it is zero.
func appendClock(dst []byte, second, micros int64) []byte {
	dst = appendPadded(dst, second/3600, 2)
	dst = appendPadded(append(dst, ':'), second/60%60, 2)
	dst = appendPadded(append(dst, ':'), second%60, 2)
	if micros != 0 {
		dst = appendPadded(append(dst, '.'), micros, 6)
	}
	return dst
}

func appendPadded(dst []byte, v int64, width int) []byte {
	start := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; i >= start; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}
