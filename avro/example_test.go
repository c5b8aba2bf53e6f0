package avro_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"smew/avro"
)

// part is a small one.
func part() []byte {
	var b bytes.Buffer
	w, err := avro.NewWriter(&b, []avro.Column{{Name: "user_id", Kind: avro.Long}, {Name: "email", Kind: avro.Text}}, avro.WriterOptions{Codec: "snappy"})
	if err != nil {
		panic(err)
	}
	w.Long(17)
	w.Text("ada@example.com")
	w.EndRow()
	w.Long(18)
	w.Null()
	w.EndRow()
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// A part is read block by block, and of each block batches of the columns that are wanted.
func Example() {
	data := part()
	f, err := avro.Open(bytes.NewReader(data), int64(len(data)), avro.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := avro.NewDecoder(f, []avro.Column{{Name: "email", Kind: avro.Text}, {Name: "user_id", Kind: avro.Long}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var block avro.Block
	var batch avro.Batch
	for {
		if err := f.Next(&block); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			fmt.Println(err)
			return
		}
		if err := d.Block(&block); err != nil {
			fmt.Println(err)
			return
		}
		for d.Left() > 0 {
			n, err := d.Rows(&batch, 1024)
			if err != nil {
				fmt.Println(err)
				return
			}
			emails, ids := &batch.Cols[0], &batch.Cols[1]
			for i := range n {
				fmt.Printf("%d %q NULL: %t\n", ids.Longs[i], batch.Bytes(emails.Spans[i]), emails.Null(i))
			}
		}
	}
	// Output:
	// 17 "ada@example.com" NULL: false
	// 18 "" NULL: true
}

// A part that is cut off is an error that says where, never fewer rows (R12).
func ExampleFile_Next() {
	data := part()
	data = data[:len(data)-5]
	f, err := avro.Open(bytes.NewReader(data), int64(len(data)), avro.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var damage *avro.DamageError
	err = f.Next(&avro.Block{})
	fmt.Println(errors.As(err, &damage), errors.Is(err, io.ErrUnexpectedEOF))
	// Output: true true
}
