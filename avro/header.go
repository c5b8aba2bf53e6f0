package avro

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Of the header's metadata.
const (
	metaSchema = "avro.schema"
	metaCodec  = "avro.codec"
)

// header reads what stands before the first block: magic, metadata, marker.
type header struct {
	r     io.ReaderAt
	size  int64 // of the file
	limit int64 // bytes that may be read
	pos   int64
	buf   *bufio.Reader
	meta  map[string][]byte // of the schema and the codec
	sync  [syncSize]byte
}

func (h *header) read() error {
	h.buf = bufio.NewReaderSize(io.NewSectionReader(h.r, 0, h.limit), int(min(h.limit, 64<<10)))
	h.meta = map[string][]byte{}
	start := make([]byte, len(magic))
	if err := h.fill(start); err != nil {
		return err
	}
	if string(start) != magic {
		return &DamageError{Block: -1, Reason: fmt.Sprintf("it begins with %q: not an Avro object container file", start)}
	}
	for {
		more, err := h.entries()
		if err != nil {
			return err
		}
		if !more {
			return h.fill(h.sync[:])
		}
	}
}

// entries reads a stretch of the metadata map; the last is empty.
func (h *header) entries() (more bool, err error) {
	count, err := h.long()
	if err != nil || count == 0 {
		return false, err
	}
	end := int64(-1)
	if count < 0 {
		size, err := h.long()
		if err != nil {
			return false, err
		}
		if size < 0 || size > h.limit-h.pos {
			return false, h.damage("metadata: " + errLength.Error())
		}
		count, end = -count, h.pos+size
	}
	if count < 0 || count > (h.limit-h.pos)/2 {
		return false, h.damage("metadata: " + errCount.Error())
	}
	for range count {
		key, err := h.bytes()
		if err != nil {
			return false, err
		}
		if !validText(key) {
			return false, h.damage("metadata: " + errUTF8.Error())
		}
		value, err := h.bytes()
		if err != nil {
			return false, err
		}
		if name := string(key); name == metaSchema || name == metaCodec {
			h.meta[name] = value // the rest may be millions of entries, and is not used
		}
	}
	if end >= 0 && end != h.pos {
		return false, h.damage("metadata: " + errSize.Error())
	}
	return true, nil
}

func (h *header) long() (int64, error) {
	var b [10]byte
	for i := range b {
		if err := h.fill(b[i : i+1]); err != nil {
			return 0, err
		}
		if b[i] < 0x80 {
			v, _, err := long(b[:i+1], 0)
			if err != nil {
				return 0, h.damage("metadata: " + err.Error())
			}
			return v, nil
		}
	}
	return 0, h.damage("metadata: " + errVarint.Error())
}

func (h *header) bytes() ([]byte, error) {
	n, err := h.long()
	if err != nil {
		return nil, err
	}
	if n > h.limit-h.pos && n <= h.size-h.pos {
		return nil, h.beyond()
	}
	if n < 0 || n > h.limit-h.pos {
		return nil, h.damage("metadata: " + errLength.Error())
	}
	b := make([]byte, n)
	return b, h.fill(b)
}

// fill reads len(b) bytes.
func (h *header) fill(b []byte) error {
	n, err := io.ReadFull(h.buf, b)
	h.pos += int64(n)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("read header: %w", err)
	case h.limit < h.size:
		return h.beyond()
	}
	return &DamageError{Block: -1, Offset: h.pos, Reason: "the file ends in it", Err: io.ErrUnexpectedEOF}
}

func (h *header) beyond() error {
	return &DamageError{Block: -1, Offset: h.pos, Limit: LimitHeader, Reason: fmt.Sprintf("it is longer than the limit of %d bytes", h.limit)}
}

func (h *header) damage(reason string) error {
	return &DamageError{Block: -1, Offset: h.pos, Reason: reason}
}
