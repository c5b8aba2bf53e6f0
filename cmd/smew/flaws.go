package main

import (
	"fmt"
	"strings"
	"time"

	"smew/bucket"
	"smew/duck"
	"smew/plan"
)

// flaw is a setting that makes no sense, and why.
type flaw struct{ setting, value, text string }

func (f flaw) Error() string {
	if f.value == "" {
		return fmt.Sprintf("--%s: %s", f.setting, f.text)
	}
	return fmt.Sprintf("--%s is %s: %s", f.setting, f.value, f.text)
}

// flaws gathers what is wrong with settings.
type flaws []flaw

func (all *flaws) add(wrong bool, setting, value, text string) {
	if wrong {
		*all = append(*all, flaw{setting, value, text})
	}
}

func (all *flaws) addError(err error, setting, value string) {
	if err != nil {
		*all = append(*all, flaw{setting, value, err.Error()})
	}
}

// flaws are what is wrong with a feed's settings, as far as can be told without looking at the feed.
func (f *following) flaws() (all flaws) {
	_, err := bucket.ParseLocation(f.location)
	all.addError(err, "feed", f.location)
	all = append(all, f.targetFlaws()...)
	all.add(f.every <= 0, "every", f.every.String(), "it must be more than 0")
	all.add(f.floor < 0, "floor", f.floor.String(), "it must not be less than 0")
	all.add(f.floor > f.every && f.every > 0 && f.floor != defaultFloor, "floor", f.floor.String(), fmt.Sprintf("the shortest pause is longer than the longest, %v (every)", f.every))
	all.add(f.publishEvery < 0, "publish-every", f.publishEvery.String(), "it must not be less than 0")
	all.add(f.cacheSize <= 0, "cache-size", fmt.Sprint(f.cacheSize), "it must be more than 0")
	all.add(f.threads < 0, "threads", fmt.Sprint(f.threads), "it must not be less than 0")
	all.addError(duck.CheckMemory(f.memory), "memory", f.memory)
	all = append(all, f.pathFlaws()...)
	all = append(all, f.limits.flaws()...)
	all = append(all, f.source.flaws()...)
	all.addError((plan.Choice{Include: f.include}).Check(), "include", strings.Join(f.include, ","))
	all.addError((plan.Choice{Exclude: f.exclude}).Check(), "exclude", strings.Join(f.exclude, ","))
	return all
}

// targetFlaws are what is wrong with where a feed goes: into a database, or into a cluster.
func (f *following) targetFlaws() (all flaws) {
	if !f.target.asked() {
		all.add(f.path == "", "db", "", "the database file is missing")
		return all
	}
	all.add(f.path != "", "connect", "", "a database is named as well, by db: a feed is followed into one or the other")
	all.add(f.publish != "", "publish", f.publish, "a copy is made of a database, and the feed goes into a Spark cluster")
	all.add(f.cache != "", "cache", f.cache, "a load into a Spark cluster keeps no parts")
	all.add(f.definitions != "", "definitions", f.definitions, "in a Spark cluster the feed's property definitions count")
	all.add(f.target.scheme != "s3a" && f.target.scheme != "s3", "scheme", f.target.scheme, "there are s3a and s3")
	all.add(f.target.lease <= 0, "lease", f.target.lease.String(), "it must be more than 0")
	all.addError(f.target.place.Check(), "prefix", f.target.place.Prefix)
	return all
}

// pathFlaws are files of a feed that would be in each other's way.
func (f *following) pathFlaws() (all flaws) {
	for _, file := range []struct{ setting, path string }{{"publish", f.publish}, {"cache", f.cache}} {
		if file.path == "" || f.path == "" {
			continue
		}
		all.add(samePath(file.path, f.path), file.setting, file.path, "it is the database itself")
		all.add(samePath(file.path, f.path+".wal"), file.setting, file.path, "that is DuckDB's log of the database")
	}
	all.add(f.cache != "" && f.publish != "" && samePath(f.cache, f.publish), "cache", f.cache, "it is the published copy")
	return all
}

// flaws are what is wrong with how a feed is reached.
func (s *source) flaws() (all flaws) {
	all.addError(bucket.S3Config{Endpoint: s.s3.Endpoint}.Check(), "endpoint", "")
	all.addError(bucket.S3Config{Checksums: s.s3.Checksums}.Check(), "checksums", "")
	for _, text := range s.maps {
		_, err := plan.ParseMap(text)
		all.addError(err, "map", text)
	}
	return all
}

// flaws are what is wrong with the settings of a page. Files are not looked at.
func (l *listening) flaws() (all flaws) {
	if l.address != "" {
		own, err := loopback(l.address)
		all.addError(err, "listen", l.address)
		all.add(err == nil && !own && l.tokenFile == "", "listen", l.address, "it answers others than this machine, and there is no token-file")
	}
	for _, name := range l.hosts {
		all.add(name == "" || strings.ContainsAny(name, "/@ ") || strings.Contains(name, "://"), "host", name, "a name is wanted, such as data.example.com, without scheme and path")
	}
	all.add(l.queryTime <= 0, "query-time", l.queryTime.String(), "it must be more than 0")
	all.add(l.threads < 0, "query-threads", fmt.Sprint(l.threads), "it must not be less than 0")
	all.add(l.grace < 0, "grace", l.grace.String(), "it must not be less than 0")
	all.addError(duck.CheckMemory(l.memory), "query-memory", l.memory)
	return all
}

const defaultFloor = 10 * time.Second
