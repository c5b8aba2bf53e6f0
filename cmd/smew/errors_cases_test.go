package main

// mistake is something tried wrongly. Its commands run in a folder of its own, by sh.
type mistake struct {
	title string
	// before makes the folder what the mistake needs. There are functions for it: feed brings a feed of three
	// dumps, shop also a database with two of them, locked one that is open, take a file by its name.
	before string
	// command is what is shown, and run unless under says how: %s stands for it there.
	command, under string
	code           int
	// s3 gives it a bucket on a real server, $BUCKET, and its owner's credentials.
	s3 bool
	// all shows what is printed to stdout as well.
	all bool
}

// chapter is a part of docs/errors.md.
type chapter struct {
	title    string
	mistakes []mistake
}

var chapters = []chapter{
	{"The command line", []mistake{
		{title: "A command that there is not", command: "smew lod feed", code: 2},
		{title: "A command below another that there is not", command: "smew alert tst", code: 2},
		{title: "A command that there is not, with its flags", command: "smew laod feed --db shop.duckdb", code: 2},
		{title: "A command in place of a flag", command: "smew --version", code: 2},
		{title: "Help on a command that there is not", command: "smew help lod", code: 2},
		{title: "A flag that there is not", command: "smew load feed --bd shop.duckdb", code: 2},
		{title: "A flag without its value", command: "smew load feed --db", code: 2},
		{title: "No feed", command: "smew load", code: 2},
		{title: "No database", command: "smew load feed", code: 2},
		{title: "One argument too many", command: "smew load feed shop.duckdb --db shop.duckdb", code: 2},
		{title: "A number that is none", command: "smew load feed --db shop.duckdb --threads many", code: 2},
		{title: "A number that is none, in the environment", before: "export SMEW_THREADS=many", command: "smew load feed --db shop.duckdb", code: 2},
		{title: "A duration without its unit", command: "smew poll feed --db shop.duckdb --every 5", code: 2},
		{title: "A memory limit that is none", before: "feed", command: "smew load feed --db shop.duckdb --memory lots", code: 2},
		{title: "A format that there is not", before: "shop", command: "smew query --db shop.duckdb --format xml 'SELECT 1'", code: 2},
		{title: "A role that there is not", command: "smew iam reader --bucket csq-rs3-example", code: 2},
		{title: "A fault that there is not", command: "smew produce feed --fault torn_everything", code: 2},
	}},
	{"The configuration", []mistake{
		{title: "A file that is not there", command: "smew poll --config smew.yml", code: 1},
		{title: "No YAML", before: "printf 'feeds: [\\n' >smew.yaml", command: "smew poll --config smew.yaml", code: 2},
		{title: "A setting that there is not", before: "printf 'every: 5m\\nevry: 5m\\n' >smew.yaml", command: "smew load feed --db shop.duckdb --config smew.yaml", code: 2},
		{title: "A value that makes no sense", before: "printf 'threads: many\\n' >smew.yaml", command: "smew load feed --db shop.duckdb --config smew.yaml", code: 2},
		{title: "A feed that lacks its database", before: "printf 'feeds:\\n  - name: shop\\n    feed: s3://csq-rs3-example\\n' >smew.yaml", command: "smew config check smew.yaml", code: 2, all: true},
		{title: "A variable that is not set", before: "printf 'alerts:\\n  channels:\\n    - name: ops\\n      slack: {url: \"${SLACK}\"}\\n' >smew.yaml", command: "smew config check smew.yaml", code: 2, all: true},
	}},
	{"The feed", []mistake{
		{title: "A directory that is not there", command: "smew load feed --db shop.duckdb", code: 1},
		{title: "A file in place of a directory", before: "feed", command: "smew load feed/manifests/sync_852.json --db shop.duckdb", code: 1},
		{title: "A feed without dumps", before: "mkdir feed", command: "smew load feed --db shop.duckdb", code: 1},
		{title: "A store that smew does not read", command: "smew load gs://csq-rs3-example --db shop.duckdb", code: 2},
		{title: "An S3 address with one slash", command: "smew load s3:/csq-rs3-example --db shop.duckdb", code: 2},
		{title: "An S3 address without a bucket", command: "smew load s3:///shop --db shop.duckdb", code: 2},
		{title: "A manifest that breaks off", before: `feed; printf '{"dump_id": 85' >feed/manifests/sync_855.json`, command: "smew load feed --db shop.duckdb --quiet", code: 3},
		{title: "A part that is not there", before: "feed; rm feed/sync_853/_heap_table_name=users/*", command: "smew load feed --db shop.duckdb --quiet", code: 3},
		{title: "A part that is damaged (docs/damage.md has all kinds)", before: "feed; for part in feed/sync_853/_heap_table_name=users/*; do head -c 900 $part >cut; cp cut $part; done", command: "smew load feed --db shop.duckdb --quiet", code: 3},
		{title: "A part in another bucket", before: "feed; sed -i.bak 's,s3://csq-rs3-shop/sync_853/_heap_table_name=users,s3://other/sync_853/_heap_table_name=users,' feed/manifests/sync_853.json; rm -f feed/manifests/*.bak", command: "smew load feed --db shop.duckdb --quiet", code: 3},
		{title: "A --map that is none", before: "feed", command: "smew load feed --db shop.duckdb --map s3://csq-rs3-example", code: 2},
		{title: "Two manifests of one dump", before: "feed; sed 's/\"incremental\": *true/\"incremental\": false/' feed/manifests/sync_853.json >feed/manifests/sync_853_again.json", command: "smew load feed --db shop.duckdb --quiet", code: 3},
		{title: "A manifest that changed after its dump was loaded", before: "shop; sed -i.bak 's/\"incremental\": *true/\"incremental\": false/' feed/manifests/sync_853.json; rm -f feed/manifests/*.bak", command: "smew load feed --db shop.duckdb --quiet", code: 3},
		{title: "Another feed into a database", before: "shop; smew produce other --dumps 1 --users 5 --events 10 --quiet", command: "smew load other --db shop.duckdb", code: 1},
	}},
	{"S3", []mistake{
		{title: "No region", before: "unset AWS_REGION", command: "smew load s3://csq-rs3-example --db shop.duckdb", code: 1},
		{title: "No credentials", before: "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY", command: "smew load s3://csq-rs3-example --db shop.duckdb", code: 1},
		{title: "A profile that there is not", command: "smew load s3://csq-rs3-example --db shop.duckdb --profile shop", code: 1},
		{title: "A key that there is not", s3: true, before: "export AWS_ACCESS_KEY_ID=AKIAEXAMPLE", command: "smew load s3://$BUCKET --db shop.duckdb", code: 1},
		{title: "A wrong secret", s3: true, before: "export AWS_SECRET_ACCESS_KEY=wrong", command: "smew load s3://$BUCKET --db shop.duckdb", code: 1},
		{title: "Another region", s3: true, command: "smew load s3://$BUCKET --db shop.duckdb --region eu-west-1", code: 1},
		{title: "A bucket that is not there", s3: true, command: "smew load s3://csq-rs3-exmaple --db shop.duckdb", code: 1},
		{title: "Nothing may be listed", s3: true, before: "export AWS_ACCESS_KEY_ID=$NOBODY AWS_SECRET_ACCESS_KEY=user-secret", command: "smew load s3://$BUCKET --db shop.duckdb", code: 1},
		{title: "Nothing may be written", s3: true, before: "export AWS_ACCESS_KEY_ID=$NOBODY AWS_SECRET_ACCESS_KEY=user-secret; shop", command: "smew export --db shop.duckdb --query 'FROM users' --to s3://$BUCKET/reports --file users.csv", code: 1},
		{title: "Nobody at the endpoint", before: "export AWS_MAX_ATTEMPTS=1", command: "smew load s3://csq-rs3-example --db shop.duckdb --endpoint http://127.0.0.1:1", code: 1},
		{title: "An endpoint whose name is not known", before: "export AWS_MAX_ATTEMPTS=1", command: "smew load s3://csq-rs3-example --db shop.duckdb --path-style --endpoint http://s3.invalid", code: 1},
		{title: "An endpoint without http:// or https://", command: "smew load s3://csq-rs3-example --db shop.duckdb --endpoint s3.example.com", code: 2},
		{title: "https:// where http:// is spoken", s3: true, before: "export AWS_MAX_ATTEMPTS=1", command: "smew load s3://$BUCKET --db shop.duckdb --endpoint https://${ENDPOINT#http://}", code: 1},
		{title: "A certificate that nobody vouches for", s3: true, before: "export AWS_MAX_ATTEMPTS=1", command: "smew load s3://$BUCKET --db shop.duckdb --endpoint $UNTRUSTED", code: 1},
		{title: "A password in the endpoint", command: "smew load s3://csq-rs3-example --db shop.duckdb --endpoint https://me:secret@s3.example.com", code: 2},
		{title: "Encryption that a producer cannot ask for", command: "smew produce s3://csq-rs3-example --sse aws:kms", code: 2},
	}},
	{"The database", []mistake{
		{title: "There is none yet", command: "smew status --db shop.duckdb", code: 1},
		{title: "A directory", before: "feed; mkdir shop.duckdb", command: "smew load feed --db shop.duckdb", code: 1},
		{title: "A file that is no database", before: "feed; echo 'event_id,user_id' >shop.csv", command: "smew load feed --db shop.csv", code: 1},
		{title: "A file that is no database, to be asked", before: "echo 'event_id,user_id' >shop.csv", command: "smew query --db shop.csv 'SELECT 1'", code: 1},
		{title: "A database that smew did not make", before: "take other.duckdb", command: "smew status --db other.duckdb", code: 1},
		{title: "A database with a schema smew of its own", before: "feed; take own.duckdb", command: "smew load feed --db own.duckdb", code: 1},
		{title: "A database of a newer smew", before: "take newer.duckdb; feed", command: "smew load feed --db newer.duckdb", code: 1},
		{title: "A database of an older smew", before: "take older.duckdb; feed", command: "smew verify feed --db older.duckdb", code: 1},
		{title: "Somebody else has it", before: "locked; feed", command: "smew load feed --db locked.duckdb --no-wait", code: 4},
		{title: "A folder that is not there", before: "feed", command: "smew load feed --db shops/shop.duckdb", code: 1},
		{title: "A folder that may not be written", before: "feed; mkdir shops; chmod 555 shops", command: "smew load feed --db shops/shop.duckdb", under: plainUser, code: 1},
		{title: "A file that may not be read", before: "shop; chmod 000 shop.duckdb", command: "smew status --db shop.duckdb", under: plainUser, code: 1},
		{title: "A disk that may not be written", before: "shop; mkdir disk; mv shop.duckdb disk", command: "smew load feed --db disk/shop.duckdb", under: readOnly, code: 1},
		{title: "A disk that is full, with a new database", before: "feed", command: "smew load feed --db shop.duckdb --quiet", under: noRoom, code: 1},
		{title: "A disk that is full, with a database", before: "shop", command: "smew load feed --db shop.duckdb --quiet", under: noRoom, code: 1},
		{title: "No folder for parts on their way", s3: true, before: "feed; smew produce s3://$BUCKET/shop --dumps 1 --users 5 --events 10 --quiet", command: "smew load s3://$BUCKET/shop --db shop.duckdb --temp-dir feed/manifests/sync_852.json --quiet", code: 1},
		{title: "A name that smew needs itself", before: "feed", command: "smew load feed --db smew.duckdb", code: 1},
		{title: "A name that DuckDB would take apart", before: "feed", command: "smew load feed --db 'shop?.duckdb'", code: 1},
		{title: "Interrupted by Ctrl-C", before: "locked; feed", command: "smew load feed --db locked.duckdb", under: interrupted, code: 130},
	}},
	{"Questions and results", []mistake{
		{title: "SQL with a mistake", before: "shop", command: "smew query --db shop.duckdb 'SELEC count(*) FROM users'", code: 1},
		{title: "A table that there is not", before: "shop", command: "smew query --db shop.duckdb 'SELECT count(*) FROM user'", code: 1},
		{title: "A column that there is not", before: "shop", command: "smew query --db shop.duckdb 'SELECT mail FROM users'", code: 1},
		{title: "A sum of texts", before: "shop", command: "smew query --db shop.duckdb 'SELECT sum(amount) FROM order_completed'", code: 1},
		{title: "A text in place of an id", before: "shop", command: "smew query --db shop.duckdb \"FROM users WHERE user_id = 'ada'\"", code: 1},
		{title: "A text beside a number", before: "shop", command: "smew query --db shop.duckdb 'FROM order_completed WHERE amount > 100'", code: 1},
		{title: "A text that is no number", before: "shop", command: "smew query --db shop.duckdb 'SELECT sum(path::DOUBLE) FROM pageviews'", code: 1},
		{title: "A function that there is not", before: "shop", command: "smew query --db shop.duckdb 'SELECT funnel(1)'", code: 1},
		{title: "An extension of DuckDB's", before: "shop", command: "smew query --db shop.duckdb \"FROM read_avro('part.avro')\"", code: 1},
		{title: "A statement that writes", before: "shop", command: "smew query --db shop.duckdb 'DELETE FROM users'", code: 1},
		{title: "A setting of DuckDB's", before: "shop", command: "smew query --db shop.duckdb \"SET memory_limit = '8GB'\"", code: 1},
		{title: "A file from within a query", before: "shop", command: "smew query --db shop.duckdb \"FROM 'feed.csv'\"", code: 1},
		{title: "A parameter without a value", before: "shop", command: "smew query --db shop.duckdb 'FROM users WHERE user_id = $id'", code: 1},
		{title: "A value without a parameter", before: "shop", command: "smew query --db shop.duckdb --param id=17 'FROM users'", code: 1},
		{title: "A file of SQL that is not there", before: "shop", command: "smew query --db shop.duckdb -f report.sql", code: 1},
		{title: "An event that there is not", before: "shop", command: "smew ask funnel product_viewed order_complete --db shop.duckdb", code: 1},
		{title: "A type that there is not", before: "shop", command: "smew type order_completed.revenue MONEY --db shop.duckdb", code: 1},
		{title: "A table without the column", before: "shop", command: "smew type order_completed.turnover DOUBLE --db shop.duckdb", code: 1},
		{title: "Nobody to erase", before: "shop", command: "smew erase --db shop.duckdb --identity nobody@example.com", code: 1},
		{title: "A table that is not to be verified", before: "shop", command: "smew verify feed --db shop.duckdb --table user", code: 2},
		{title: "A dump that is not there to be read again", before: "shop", command: "smew load feed --db shop.duckdb --reload 999", code: 1},
		{title: "A dump that is not in the feed", before: "shop", command: "smew load feed --db shop.duckdb --retry 999", code: 1},
		{title: "A lost dump without a reason", before: "shop", command: "smew load feed --db shop.duckdb --accept-lost 853", code: 2},
		{title: "Definitions with a mistake", before: "feed; echo '{\"properties\": [{\"name\": 1}]}' >mine.json", command: "smew load feed --db shop.duckdb --definitions mine.json", code: 1},
		{title: "Definitions that are none", before: "echo 'version: 1' >mine.yaml", command: "smew define check mine.yaml", code: 1},
		{title: "No answer key", before: "shop", command: "smew check --answer answer --db shop.duckdb", code: 1},
		{title: "A part that is no Avro", before: "echo 'event_id,user_id' >part.csv", command: "smew cat part.csv", code: 1},
		{title: "A folder in place of a part", before: "feed", command: "smew cat feed", code: 1},
		{title: "A file in place of a folder", before: "shop", command: "smew produce shop.duckdb", code: 1},
		{title: "A database to be delivered that is not there", command: "smew produce feed --from shop.duckdb", code: 1},
		{title: "A place for results that may not be written", before: "shop; mkdir results; chmod 555 results", command: "smew export --db shop.duckdb --query 'FROM users' --to results --file users.csv", under: plainUser, code: 1},
		{title: "A page for all the world, without a token", before: "shop", command: "smew serve --db shop.duckdb --listen 0.0.0.0:7377", code: 2},
		{title: "A folder in place of a database, to be shown", before: "feed", command: "smew serve --db feed", code: 1},
		{title: "A cluster's address that is none", before: "feed", command: "smew spark load feed --connect spark.example.com:15002", code: 2},
		{title: "A cluster whose server does not answer", before: "feed", command: "smew spark status --connect sc://127.0.0.1:1", code: 1},
		{title: "A port that there is not", before: "shop", command: "smew serve --db shop.duckdb --listen 127.0.0.1:73777", code: 2},
		{title: "An address that is taken", before: "shop", command: "smew serve --db shop.duckdb --listen $TAKEN", code: 1},
	}},
}

const (
	// plainUser has the folder's permissions count, also for root.
	plainUser = `if [ $(id -u) = 0 ]; then exec setpriv --bounding-set=-dac_override,-dac_read_search -- %s; else exec %[1]s; fi`
	// readOnly makes the folder disk a disk that cannot be written.
	readOnly = `exec unshare --user --map-root-user --mount sh -c 'mount --bind disk disk && mount -o remount,bind,ro disk && exec %s'`
	// noRoom lets no file grow beyond 4 kB.
	noRoom = `ulimit -f 8; exec %s`
	// interrupted sends the signal once smew waits for the database.
	interrupted = `: >said; %s 2>said & until grep -q waiting said; do sleep 0.05; done; kill -INT $!; wait $!; code=$?; cat said >&2; exit $code`
)
