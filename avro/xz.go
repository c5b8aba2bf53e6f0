package avro

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/ulikunitz/xz"
)

func (u *unpacker) xz(src []byte) ([]byte, error) {
	if err := fitXZ(src, u.limit); err != nil {
		return nil, err
	}
	return u.stream(src, func() (io.Reader, error) { return xz.NewReader(&u.src) })
}

// fitXZ walks the streams in src and lets no block ask for a dictionary larger than what it says
// it holds: the reader takes the whole dictionary for each block anew, up to 4 GiB, where writers
// ask for 8 MiB to pack a few KiB. What else may be wrong with src the reader finds.
func fitXZ(src []byte, limit int64) error {
	const streamHeader, streamFooter = 12, 12
	var all int64
	for {
		if len(src) < streamHeader {
			return io.ErrUnexpectedEOF
		}
		check := xzCheck[src[7]&0xf]
		src = src[streamHeader:]
		for len(src) > 0 && src[0] != 0 {
			size, holds, err := fitXZBlock(src)
			if errors.Is(err, errXZFilter) {
				return nil // the reader ends there
			}
			if err != nil {
				return err
			}
			if all += holds; all > limit {
				return errLimit
			}
			if size += check; size > len(src) {
				return io.ErrUnexpectedEOF
			}
			src = src[size:]
		}
		size, err := xzIndex(src)
		if err != nil {
			return err
		}
		if size += streamFooter; size > len(src) {
			return io.ErrUnexpectedEOF
		}
		for src = src[size:]; len(src) > 0 && src[0] == 0; src = src[1:] { // padding
		}
		if len(src) == 0 {
			return nil
		}
	}
}

// xzCheck is how many bytes the check after a block takes, by the type in the stream's flags.
var xzCheck = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

var errXZFilter = errors.New("not LZMA2 alone")

// fitXZBlock gives the block at the beginning of src a dictionary that fits, and returns the
// block's size with its padding and without its check, and what it says it holds.
func fitXZBlock(src []byte) (size int, holds int64, err error) {
	size = 4 * (int(src[0]) + 1)
	if size > len(src) {
		return 0, 0, io.ErrUnexpectedEOF
	}
	head, sum := src[:size-4], src[size-4:size]
	if crc32.ChecksumIEEE(head) != binary.LittleEndian.Uint32(sum) {
		return 0, 0, errors.New("the checksum of a block's header does not match")
	}
	at := xzDictionary(head)
	if at < 0 || head[at] > 40 {
		return 0, 0, errXZFilter
	}
	packed, holds, err := lzma2Size(src[size:])
	if err != nil {
		return 0, 0, err
	}
	window := func(c byte) int64 { return int64(2|c&1) << (c/2 + 11) }
	for head[at] > 0 && window(head[at]-1) >= holds {
		head[at]--
	}
	binary.LittleEndian.PutUint32(sum, crc32.ChecksumIEEE(head))
	return size + (packed+3)&^3, holds, nil
}

// xzDictionary finds the byte for the dictionary in a block's header whose only filter is LZMA2;
// -1 if that is not so.
func xzDictionary(head []byte) int {
	const lzma2 = 0x21
	flags, p := head[1], 2
	for _, bit := range []byte{0x40, 0x80} { // compressed and uncompressed size
		if flags&bit == 0 {
			continue
		}
		for p < len(head) && head[p] >= 0x80 {
			p++
		}
		p++
	}
	if flags&3 != 0 || p+2 >= len(head) || head[p] != lzma2 || head[p+1] != 1 {
		return -1
	}
	return p + 2
}

// lzma2Size walks chunks up to their end: the bytes they take, and what they say they hold.
func lzma2Size(src []byte) (packed int, holds int64, err error) {
	for {
		if packed >= len(src) {
			return 0, 0, io.ErrUnexpectedEOF
		}
		control := src[packed]
		if control == 0 {
			return packed + 1, holds, nil
		}
		const verbatim, compressed, properties = 2, 0x80, 0xc0
		head := 3
		if control >= compressed {
			head = 5
		}
		if packed+head > len(src) {
			return 0, 0, io.ErrUnexpectedEOF
		}
		size := int(binary.BigEndian.Uint16(src[packed+1:])) + 1
		switch {
		case control >= compressed:
			holds += int64(control&0x1f)<<16 + int64(size)
			size = int(binary.BigEndian.Uint16(src[packed+3:])) + 1
			if control >= properties {
				head++
			}
		case control <= verbatim:
			holds += int64(size)
		default:
			return 0, 0, errors.New("a chunk is of no known kind")
		}
		packed += head + size
	}
}

// xzIndex returns the size of the index at the beginning of src.
func xzIndex(src []byte) (size int, err error) {
	number := func() (v uint64) {
		v, n := binary.Uvarint(src[size:])
		if n <= 0 {
			err = io.ErrUnexpectedEOF
			return 0
		}
		size += n
		return v
	}
	if len(src) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	size = 1
	for records := number(); records > 0 && err == nil; records-- {
		number()
		number()
	}
	const sum = 4
	return (size+3)&^3 + sum, err
}
