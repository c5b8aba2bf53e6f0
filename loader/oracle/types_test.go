package oracle

import "testing"

// TestTypes: ids are whole numbers, all else is text (R11).
func TestTypes(t *testing.T) {
	newHandFeed(t).dump(1, inc("a", "=",
		"user_id:string|session_id:int|from_user_id:long|d:double|b:boolean|i:int|s\n007|5|6|1e21|true|-3|''\n-9223372036854775808|-|-|0.5|false|0|-"),
	).check(Options{}, map[string]string{"a": "user_id|session_id|from_user_id|d|b|i|s\n7|5|'6'|1e+21|true|'-3'|''\n-9223372036854775808|-|-|0.5|false|'0'|-"})
	newHandFeed(t).dump(1, inc("users", "=", "user_id\n1\n2"), full("user_migrations", "=", "from_user_id:string|to_user_id:string\n1|2")).
		check(Options{}, map[string]string{"users": "user_id\n2"})
}
