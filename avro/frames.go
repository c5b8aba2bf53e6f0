package avro

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// zstandard decompresses src into memory of the size that its frames can fill.
func (u *unpacker) zstandard(src []byte) ([]byte, error) {
	most, err := zstandardSize(src)
	if err != nil {
		return nil, err
	}
	if most > u.limit {
		most = u.limit + 1
	}
	if u.frames == nil {
		// Decoding whole blocks, the decoder keeps no window of its own.
		u.frames, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true),
			zstd.WithDecoderMaxWindow(1<<31))
		if err != nil {
			return nil, err
		}
	}
	const slack = 64 // lets the decoder copy a little too much
	out, err := u.frames.DecodeAll(src, resize(u.out, int(most)+slack)[:0])
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return nil, errLimit
	}
	return out, err
}

// zstandardSize returns how much src can decompress to at most, by the sizes that stand before
// its blocks, and by the size before a frame where that is less.
func zstandardSize(src []byte) (most int64, err error) {
	for len(src) > 0 {
		var h zstd.Header
		if err := h.Decode(src); err != nil {
			return 0, err
		}
		if h.Skippable {
			skip := int64(h.HeaderSize) + int64(h.SkippableSize)
			if skip > int64(len(src)) {
				return 0, io.ErrUnexpectedEOF
			}
			src = src[skip:]
			continue
		}
		size, rest, err := zstandardFrame(src[h.HeaderSize:])
		if err != nil {
			return 0, err
		}
		if h.HasFCS {
			size = int64(min(h.FrameContentSize, uint64(size)))
		}
		most += size
		if h.HasCheckSum {
			if len(rest) < 4 {
				return 0, io.ErrUnexpectedEOF
			}
			rest = rest[4:]
		}
		src = rest
	}
	return most, nil
}

// zstandardFrame walks the blocks of a frame: what they hold at most, and what follows them.
func zstandardFrame(src []byte) (most int64, rest []byte, err error) {
	const (
		maxBlock = 128 << 10
		verbatim = 0
		repeated = 1 // one byte, size times
	)
	for last := false; !last; {
		if len(src) < 3 {
			return 0, nil, io.ErrUnexpectedEOF
		}
		head := int(src[0]) | int(src[1])<<8 | int(src[2])<<16
		last = head&1 == 1
		size := head >> 3
		switch head >> 1 & 3 {
		case verbatim:
			most += int64(size)
		case repeated:
			most += int64(size)
			size = 1
		default:
			most += maxBlock
		}
		if len(src) < 3+size {
			return 0, nil, io.ErrUnexpectedEOF
		}
		src = src[3+size:]
	}
	return most, src, nil
}

func (u *unpacker) xz(src []byte) ([]byte, error) {
	if err := checkXZ(src); err != nil {
		return nil, err
	}
	r, err := xz.NewReader(&u.src)
	if err != nil {
		return nil, err
	}
	return readAll(r, u.out, u.limit)
}

// maxDictionary is how far back an xz block may reach; no preset of a writer goes beyond 64 MiB.
const maxDictionary = 128 << 20

// checkXZ looks at the dictionary that the first block of an xz stream asks for, as the reader
// would allocate up to 4 GiB for it.
func checkXZ(src []byte) error {
	const streamHeader = 12
	if len(src) <= streamHeader+2 {
		return io.ErrUnexpectedEOF
	}
	block := src[streamHeader:]
	if block[0] == 0 {
		return nil // no block
	}
	size := 4 * (int(block[0]) + 1)
	if size > len(block) {
		return io.ErrUnexpectedEOF
	}
	flags, p := block[1], 2
	for _, bit := range []byte{0x40, 0x80} { // compressed and uncompressed size
		if flags&bit == 0 {
			continue
		}
		for p < size && block[p] >= 0x80 {
			p++
		}
		p++
	}
	// One filter, LZMA2 with one byte of properties; anything else the reader refuses itself.
	if flags&3 != 0 || p+2 >= size || block[p] != 0x21 || block[p+1] != 1 {
		return nil
	}
	c := block[p+2] & 0x3f
	if window := int64(2|c&1) << (c/2 + 11); window > maxDictionary {
		return fmt.Errorf("asks for a dictionary of %d bytes", window)
	}
	return nil
}
