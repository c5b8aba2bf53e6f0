package avro

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstandard decompresses src into memory of the size that its frames can fill.
func (u *unpacker) zstandard(src []byte) ([]byte, error) {
	most, err := zstandardSize(src, u.limit)
	if err != nil {
		return nil, err
	}
	if most > u.limit { // frames that do not say how large they are
		if most, err = u.count(src); err != nil {
			return nil, err
		}
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
	return u.frames.DecodeAll(src, resize(u.out, int(most)+slack)[:0])
}

// count decompresses src without keeping it, in the memory of a frame's window.
func (u *unpacker) count(src []byte) (int64, error) {
	r, err := zstd.NewReader(bytes.NewReader(src), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecodeBuffersBelow(0), zstd.WithDecoderMaxWindow(uint64(max(u.limit, zstd.MinWindowSize))))
	if err != nil {
		return 0, err
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(r, u.limit+1))
	if err == nil && n > u.limit {
		err = errLimit
	}
	return n, err
}

// zstandardSize returns how much src can decompress to at most, by the sizes that stand before
// its blocks, and by the size before a frame where that is less. A frame that says it is larger
// than limit is refused as it stands.
func zstandardSize(src []byte, limit int64) (most int64, err error) {
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
			if h.FrameContentSize > uint64(limit) { // it is that or the frame is damaged
				return 0, errLimit
			}
			size = min(int64(h.FrameContentSize), size)
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
			if size > maxBlock {
				return 0, nil, errors.New("a block is larger than blocks can be")
			}
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
