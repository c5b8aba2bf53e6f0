-- What is remembered beside what is loaded. The version stays: of readers none sees a difference. Nothing changes where another loader has
-- committed meanwhile.
UPDATE {{head}} SET state = {{state}} WHERE version = {{version}}
