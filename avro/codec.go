package avro

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

func knownCodec(name string) bool {
	switch name {
	case "null", "deflate", "snappy", "zstandard", "bzip2", "xz":
		return true
	}
	return false
}

// unpacker decompresses blocks of one codec, one after the other, into one buffer. Memory grows
// with the bytes that come out, not with a length that the block claims.
type unpacker struct {
	codec string
	limit int64
	out   []byte

	src     bytes.Reader
	inflate io.ReadCloser
	frames  *zstd.Decoder
}

// unpack decompresses b. For codec null it takes over b's memory and gives the former in exchange.
func (u *unpacker) unpack(b *Block) ([]byte, error) {
	if b.Size > 0 || u.codec == "null" {
		out, err := u.decompress(b)
		if err != nil {
			return nil, err
		}
		if int64(len(out)) > u.limit {
			return nil, errLimit
		}
		u.out = out
		return out, nil
	}
	if b.Rows > 0 { // no codec makes something of nothing
		return nil, io.ErrUnexpectedEOF
	}
	return nil, nil
}

func (u *unpacker) decompress(b *Block) (out []byte, err error) {
	u.src.Reset(b.data)
	switch u.codec {
	case "null":
		out, b.data, b.full = b.data, u.out, false
		return out, nil
	case "deflate":
		return u.deflate(b.data)
	case "snappy":
		return u.snappy(b.data)
	case "zstandard":
		return u.zstandard(b.data)
	case "bzip2":
		return u.stream(b.data, func() (io.Reader, error) { return bzip2.NewReader(&u.src), nil })
	case "xz":
		return u.xz(b.data)
	}
	return nil, ErrCodec
}

func (u *unpacker) deflate(src []byte) ([]byte, error) {
	if u.inflate == nil {
		u.inflate = flate.NewReader(&u.src)
	}
	out, err := u.stream(src, func() (io.Reader, error) {
		return u.inflate, u.inflate.(flate.Resetter).Reset(&u.src, nil)
	})
	if err != nil {
		return nil, err
	}
	// Python's writers cut a zlib stream to size and leave three bytes of its checksum.
	if rest := src[len(src)-u.src.Len():]; len(rest) > 0 {
		var sum [4]byte
		binary.BigEndian.PutUint32(sum[:], adler32.Checksum(out))
		if !bytes.Equal(rest, sum[:3]) && !bytes.Equal(rest, sum[:]) {
			return nil, fmt.Errorf("%d trailing bytes", len(rest))
		}
	}
	return out, nil
}

func (u *unpacker) snappy(src []byte) ([]byte, error) {
	if len(src) < 4 {
		return nil, io.ErrUnexpectedEOF
	}
	src, sum := src[:len(src)-4], binary.BigEndian.Uint32(src[len(src)-4:])
	n, err := snappy.DecodedLen(src)
	switch {
	case err != nil:
		return nil, err
	case int64(n) > u.limit:
		return nil, errLimit
	case n > 22*len(src): // three bytes make 64 at the most
		return nil, fmt.Errorf("%d bytes claim to hold %d", len(src), n)
	}
	out, err := snappy.Decode(resize(u.out, n), src)
	if err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(out) != sum {
		return nil, errors.New("checksum does not match")
	}
	return out, nil
}

// stream decompresses src with what open makes of u.src. What does not fit into the memory at
// hand is counted first and decompressed again, so that a block takes the memory that it fills,
// and one beyond the limit takes none.
func (u *unpacker) stream(src []byte, open func() (io.Reader, error)) ([]byte, error) {
	if u.out == nil {
		u.out = make([]byte, min(u.limit, int64(128<<10+4*len(src))))
	}
	for {
		u.src.Reset(src)
		r, err := open()
		if err != nil {
			return nil, err
		}
		size, err := u.fill(r)
		if err != nil {
			return nil, err
		}
		if size <= int64(cap(u.out)) {
			return u.out[:size], nil
		}
		u.out = make([]byte, size, size+size/4)
	}
}

// fill reads r to its end into u.out, and counts what finds no room there.
func (u *unpacker) fill(r io.Reader) (size int64, err error) {
	room := u.out[:cap(u.out)]
	var beyond []byte
	for {
		into := room[min(size, int64(len(room))):]
		if len(into) == 0 {
			if beyond == nil {
				beyond = make([]byte, 32<<10)
			}
			into = beyond
		}
		n, err := r.Read(into)
		size += int64(n)
		switch {
		case size > u.limit:
			return 0, errLimit
		case err == io.EOF:
			return size, nil
		case err != nil:
			return 0, err
		}
	}
}
