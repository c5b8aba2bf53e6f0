-- The place of a session in the order of its time and its id, where somebody has given its time another type.
struct_pack(t := "time", s := session_id)
