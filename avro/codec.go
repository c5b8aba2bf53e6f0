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

var errLimit = errors.New("decompresses to more than the limit")

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
		return readAll(bzip2.NewReader(&u.src), u.out, u.limit)
	case "xz":
		return u.xz(b.data)
	}
	return nil, ErrCodec
}

func (u *unpacker) deflate(src []byte) ([]byte, error) {
	if u.inflate == nil {
		u.inflate = flate.NewReader(&u.src)
	} else if err := u.inflate.(flate.Resetter).Reset(&u.src, nil); err != nil {
		return nil, err
	}
	out, err := readAll(u.inflate, u.out, u.limit)
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

// readAll reads r to its end into the memory of buf, growing it as bytes arrive.
func readAll(r io.Reader, buf []byte, limit int64) ([]byte, error) {
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, make([]byte, max(4096, min(cap(buf), 16<<20)))...)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, errLimit
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
