package erase

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"

	"smew/duck"
	"smew/sql"
)

// hmacKeys are a salt, also as the two keys of HMAC-SHA256.
type hmacKeys struct{ salt, outer, inner []byte }

const saltSetting = "erase_salt"

// salted reads the database's salt, or gives it one.
func salted(ctx context.Context, tx *duck.Tx, random io.Reader) (*hmacKeys, error) {
	text, err := setting(ctx, tx, saltSetting)
	if err != nil {
		return nil, err
	}
	if text == "" {
		salt := make([]byte, sha256.Size)
		if _, err := io.ReadFull(random, salt); err != nil {
			return nil, fmt.Errorf("make a salt: %w", err)
		}
		text = hex.EncodeToString(salt)
		if err := keepSetting(ctx, tx, saltSetting, text); err != nil {
			return nil, err
		}
	}
	return keysOf(text)
}

func keysOf(text string) (*hmacKeys, error) {
	salt, err := hex.DecodeString(text)
	if err != nil || len(salt) != sha256.Size {
		return nil, fmt.Errorf("setting %s is no salt: %q", saltSetting, text)
	}
	k := &hmacKeys{salt, make([]byte, sha256.BlockSize), make([]byte, sha256.BlockSize)}
	copy(k.outer, salt)
	copy(k.inner, salt)
	for i := range sha256.BlockSize {
		k.outer[i] ^= 0x5c
		k.inner[i] ^= 0x36
	}
	return k, nil
}

// hash fills the table hashed_ids from the column user_id of another one.
func (k *hmacKeys) hash(ctx context.Context, tx *duck.Tx, ids string) error {
	return exec(ctx, tx, "hash ids", duck.Fill(sql.EraseHash, duck.Names{"ids": ids}), k.outer, k.inner)
}

// id is what hash makes of an id.
func (k *hmacKeys) id(id int64) string { return k.sum(strconv.FormatInt(id, 10)) }

// name is the hash of an identity, email or handle; none is an id's.
func (k *hmacKeys) name(name string) string { return k.sum("name " + name) }

func (k *hmacKeys) sum(text string) string {
	h := hmac.New(sha256.New, k.salt)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}
