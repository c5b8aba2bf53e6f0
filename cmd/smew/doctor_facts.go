package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"smew/bucket"
	"smew/doctor"
	"smew/duck"
	"smew/feed"
	"smew/iam"
	"smew/loader"
	"smew/plan"
)

// facts looks at everything. What is wrong is in the facts: the error is one of usage, or the end of ctx.
func (e *examining) facts(ctx context.Context, name string) (f doctor.Facts, err error) {
	f.Role = iam.Role(e.role)
	if err := e.check(); err != nil {
		return f, err
	}
	e.s3.Attempts = 2 // who asks what is wrong does not want to wait for it to pass
	from, err := e.source.open(ctx, name)
	if isUsage(err) {
		return f, err
	}
	f.OpenErr = err
	if err == nil {
		f.Dir, e.from = from.Name, from
		if err := e.look(ctx, from, &f); err != nil {
			return f, err
		}
	}
	if e.path != "" && f.Role != iam.Export {
		f.Database = e.examineDatabase(ctx, from.Name)
	}
	e.examineDisks(&f)
	return f, ctx.Err()
}

// look asks S3, or the directory, for what the role needs.
func (e *examining) look(ctx context.Context, from loader.Feed, f *doctor.Facts) error {
	s3, remote := from.Bucket.(*bucket.S3)
	f.Place = iam.Place{Bucket: from.Source.Bucket, Prefix: from.Prefix, ACL: e.s3.ACL != ""}
	if remote {
		probe := s3.Probe(ctx, from.Prefix+listedFirst(f.Role))
		f.Probe = &probe
		var denied *bucket.DeniedError
		if probe.CredentialsErr != nil || probe.Err != nil && !errors.As(probe.Err, &denied) {
			return ctx.Err()
		}
	}
	objects, err := listAll(ctx, from, listedFirst(f.Role))
	if f.Role != iam.Export {
		f.Actions = append(f.Actions, doctor.Action{Name: actionName(remote, "s3:ListBucket", "read"), On: cmp.Or(from.Prefix+listedFirst(f.Role), "all keys"), Err: err})
	}
	if f.Role == iam.Consumer && err == nil {
		if err := e.read(ctx, from, objects, f); err != nil {
			return err
		}
	}
	if f.Role == iam.Producer && err == nil {
		f.Actions = append(f.Actions, tryReading(ctx, from, objects, remote, feed.IsManifest))
	}
	if f.Role != iam.Consumer {
		f.Actions = append(f.Actions, tryWriting(ctx, from, s3))
	}
	return ctx.Err()
}

// listedFirst is the folder that a role lists.
func listedFirst(role iam.Role) string {
	if role == iam.Consumer {
		return ""
	}
	return feed.ManifestsPrefix
}

func actionName(remote bool, s3, dir string) string {
	if remote {
		return s3
	}
	return dir
}

func listAll(ctx context.Context, from loader.Feed, folder string) (all []bucket.Object, err error) {
	for o, err := range from.Bucket.List(ctx, from.Prefix+folder) {
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// read tries a manifest and a part, and looks at how the feed is laid out.
func (e *examining) read(ctx context.Context, from loader.Feed, objects []bucket.Object, f *doctor.Facts) error {
	s3, remote := from.Bucket.(*bucket.S3)
	action := tryReading(ctx, from, objects, remote, feed.IsManifest)
	f.Actions = append(f.Actions, action)
	if action.Err != nil {
		return ctx.Err()
	}
	summary, err := loader.Run(ctx, from, loader.Config{DryRun: true}) // with no database all dumps wait
	if err != nil {
		return err
	}
	sizes, err := partSizes(ctx, from, summary.Waiting)
	if err != nil {
		return err
	}
	f.Layout = layoutOf(from, objects, summary, sizes)
	if part, ok := firstPart(summary.Waiting, objects); ok {
		action := tryReading(ctx, from, []bucket.Object{part}, remote, func(string, string) bool { return true })
		f.Actions = append(f.Actions, action)
		if action.Err == nil {
			e.part = part.Key
		}
		if remote {
			if encryption, err := s3.Encryption(ctx, part); err == nil {
				f.Encryption = &encryption
			}
		}
	}
	return ctx.Err()
}

// tryReading opens the last object that is wanted.
func tryReading(ctx context.Context, from loader.Feed, objects []bucket.Object, remote bool, wanted func(key, prefix string) bool) doctor.Action {
	a := doctor.Action{Name: actionName(remote, "s3:GetObject", "read")}
	for _, o := range slices.Backward(objects) {
		if !wanted(o.Key, from.Prefix) {
			continue
		}
		a.On = o.Key
		r, err := from.Bucket.Open(ctx, o)
		if a.Err = err; err == nil {
			r.Close()
		}
		break
	}
	return a
}

// tryWriting tells whether objects can be made, and makes none.
func tryWriting(ctx context.Context, from loader.Feed, s3 *bucket.S3) doctor.Action {
	const name = "smew-doctor"
	if s3 != nil {
		return doctor.Action{Name: "s3:PutObject", On: from.Prefix + name, Err: s3.TryUpload(ctx, from.Prefix+name)}
	}
	return doctor.Action{Name: "write", On: from.Name, Err: writable(from.Name)}
}

// firstPart is a part of the highest dump that is there.
func firstPart(dumps []plan.Dump, objects []bucket.Object) (bucket.Object, bool) {
	there := map[string]bucket.Object{}
	for _, o := range objects {
		there[o.Key] = o
	}
	dumps = slices.SortedFunc(slices.Values(dumps), func(a, b plan.Dump) int { return cmp.Compare(b.ID, a.ID) })
	for _, d := range dumps {
		for _, t := range d.Tables {
			for _, p := range t.Parts {
				if o, ok := there[p.Key]; ok {
					return o, true
				}
			}
		}
	}
	return bucket.Object{}, false
}

// layoutOf sorts what lies in a feed.
func layoutOf(from loader.Feed, objects []bucket.Object, s loader.Summary, sizes map[string]int64) *doctor.Layout {
	l := &doctor.Layout{Manifests: len(s.Waiting)}
	known := map[string]bool{}
	for _, d := range listDumps(s.Waiting, sizes) {
		l.Newest = max(l.Newest, d.DumpID)
		l.Parts, l.Bytes = l.Parts+d.Parts, l.Bytes+d.Bytes
		l.Missing = append(l.Missing, d.Missing...)
	}
	for _, d := range s.Waiting {
		known[d.Definitions] = true
		for _, t := range d.Tables {
			for _, p := range t.Parts {
				known[p.Key] = true
			}
		}
	}
	for _, failure := range s.Failed {
		if advice := hints(failure.Err); len(advice) > 0 && l.BrokenAdvice == "" {
			l.BrokenAdvice = advice[0]
		}
		l.Broken = append(l.Broken, failure.Key+": "+failure.Reason)
	}
	for _, o := range objects {
		below := strings.TrimPrefix(o.Key, from.Prefix)
		folder, rest, _ := strings.Cut(below, "/")
		switch {
		case feed.IsReport(o.Key, from.Prefix):
			l.Reports++
		// What writes the parts leaves a mark in each folder.
		case feed.IsManifest(o.Key, from.Prefix), known[o.Key], strings.HasSuffix(o.Key, "/"), rest == "property_definitions.json", rest == "_SUCCESS":
		case strings.Contains(below, "/"+feed.ManifestsPrefix) && strings.HasSuffix(below, ".json"):
			above, _, _ := strings.Cut(below, "/"+feed.ManifestsPrefix)
			if at := from.Prefix + above; !slices.Contains(l.Elsewhere, at) {
				l.Elsewhere = append(l.Elsewhere, at)
			}
		case dumpOf(folder) > l.Newest:
			l.Coming = append(l.Coming, o.Key)
		default:
			l.Strays = append(l.Strays, o.Key)
		}
	}
	return l
}

// dumpOf is the dump whose folder has this name; -1: it is none of a dump.
func dumpOf(folder string) int64 {
	id, err := strconv.ParseInt(strings.TrimPrefix(folder, "sync_"), 10, 64)
	if err != nil || !strings.HasPrefix(folder, "sync_") {
		return -1
	}
	return id
}

// examineDatabase opens the file for reading, if it is there. from is the feed's name; "": not known.
func (e *examining) examineDatabase(ctx context.Context, from string) *doctor.Database {
	d := &doctor.Database{Path: e.path}
	if _, err := os.Stat(e.path); errors.Is(err, os.ErrNotExist) {
		return d
	}
	d.There = true
	if f, err := os.OpenFile(e.path, os.O_WRONLY, 0); err != nil {
		d.Err = err
		return d
	} else if err := f.Close(); err != nil {
		d.Err = err
		return d
	}
	var status loader.Status
	err := e.view(ctx, duck.Options{}, func(tx *duck.Tx) (err error) {
		if err = loader.Audits(ctx, tx, from, from == ""); err == nil {
			status, err = loader.ReadStatus(ctx, tx)
		}
		return err
	})
	var locked *duck.LockedError
	var older *loader.OlderError
	switch {
	case errors.As(err, &locked):
		d.Locked = named(locked)
	case errors.Is(err, loader.ErrNoLedger):
		d.Holds = "nothing was loaded into it yet"
	default:
		d.Err, d.Older = err, errors.As(err, &older)
		d.Holds = count(status.Dumps, "dump") + " of this feed"
	}
	return d
}

// named adds the program's name to who has a database open, where the system tells.
func named(locked *duck.LockedError) error {
	program, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", locked.PID))
	if locked.PID == 0 || err != nil {
		return locked
	}
	return fmt.Errorf("%w (%s)", locked, strings.TrimSpace(string(program)))
}

// examineDisks looks at the folders that a load writes to.
func (e *examining) examineDisks(f *doctor.Facts) {
	if e.path == "" || f.Role == iam.Export {
		return
	}
	database := diskAt("the database", filepath.Dir(e.path))
	if f.Layout != nil && !f.Database.There {
		database.Need = f.Layout.Bytes
	}
	f.Disks = append(f.Disks, database)
	if f.Probe != nil { // parts of a directory are read in place
		f.Disks = append(f.Disks, diskAt("parts on their way", cmp.Or(e.tempDir, os.TempDir())))
	}
}

func diskAt(name, dir string) doctor.Disk {
	d := doctor.Disk{Name: name, Dir: dir, Free: -1, Err: writable(dir)}
	if free, ok := duck.FreeSpace(dir); ok {
		d.Free = free
	}
	return d
}

// writable makes a file in a folder, and removes it. Directories of feeds pass over such names.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".smew-tmp-doctor-")
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("write into %s: %w", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
