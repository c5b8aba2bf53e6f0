package loader_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"smew/bucket"
)

// apart gives a process a view of the mounts of its own, in which it may mount.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// noTrouble says why this machine lets no test have that kind of trouble; "": it does.
func noTrouble(t *testing.T, kind string) string {
	t.Helper()
	if kind != "tmpfs" {
		return ""
	}
	cmd := exec.Command("mount", "-t", "tmpfs", "none", t.TempDir())
	apart(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Sprintf("%v %s", err, out)
	}
	return ""
}

// limitFiles lets no file of this process grow beyond so many bytes.
func limitFiles(bytes int64) error {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = uint64(bytes)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// onSmallDisk loads the five dumps where there is only so much room for the database and the parts on
// their way, and carries out to db what it leaves.
func onSmallDisk(b bucket.Bucket, db string, bytes int64) (told trouble) {
	disk, err := os.MkdirTemp("", "disk-")
	if err == nil {
		err = syscall.Mount("none", disk, "tmpfs", 0, fmt.Sprintf("size=%d", bytes))
	}
	if err = errors.Join(err, os.Setenv("TMPDIR", disk)); err != nil {
		return trouble{Error: err.Error()}
	}
	inside := filepath.Join(disk, filepath.Base(db))
	told = runInto(struct{ bucket.Bucket }{b}, inside)
	files, err := filepath.Glob(inside + "*")
	for _, file := range files {
		err = errors.Join(err, copyFile(file, filepath.Join(filepath.Dir(db), filepath.Base(file))))
	}
	if err = errors.Join(err, syscall.Unmount(disk, 0), os.Remove(disk)); err != nil {
		return trouble{Error: "carry out: " + err.Error()}
	}
	return told
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
