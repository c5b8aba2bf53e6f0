-- What sessions begin with.
FROM smew.paths(first := 3, top := 20)
