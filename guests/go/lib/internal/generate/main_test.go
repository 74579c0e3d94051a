package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheGeneratedCodeIsThatOfTheContract(t *testing.T) {
	program := os.Getenv("PLUGBOX")
	if program == "" {
		program = "plugbox"
	}
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("plugbox is not installed, and PLUGBOX does not name it")
	}
	fresh := t.TempDir()
	if err := generate(fresh); err != nil {
		t.Fatal(err)
	}
	here, there := generated(t, filepath.Join("..", "..")), generated(t, fresh)
	if len(there) == 0 {
		t.Fatal("nothing was generated")
	}
	for name, code := range there {
		if !bytes.Equal(code, here[name]) {
			t.Errorf("%s is not what the contract says now: run `go generate ./...`", name)
		}
		delete(here, name)
	}
	for name := range here {
		t.Errorf("%s is generated no more: delete it", name)
	}
}

// generated are the generated files of a copy of this module.
func generated(t *testing.T, root string) map[string][]byte {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(entry.Name(), "wit_") {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
