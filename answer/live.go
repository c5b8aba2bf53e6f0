package answer

import "errors"

func (k *Key) counted(arrived func(id int64) bool) ([]*Dump, error) {
	return nil, errors.New("count dumps: not yet")
}

// Tables returns every table that main of a right consumer shows once the dumps for which arrived
// is true have arrived (nil: all), by the name it is shown under: the delivered tables and
// all_events, but not enhanced_users.
func (k *Key) Tables(arrived func(id int64) bool) (map[string]*Shown, error) {
	return nil, errors.New("compute tables: not yet")
}
