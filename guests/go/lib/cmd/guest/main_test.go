package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWithoutPlugboxItSaysWhatToDo(t *testing.T) {
	t.Setenv("PLUGBOX", filepath.Join(t.TempDir(), "no-such-program"))
	err := build(t.TempDir(), "", &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "install plugbox") {
		t.Errorf("it says %v", err)
	}
}

func TestWhatDoesNotCompileLeavesNoGuest(t *testing.T) {
	// A program that is there on every machine that has Go.
	t.Setenv("PLUGBOX", "go")
	folder := t.TempDir()
	if err := build(folder, "", &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "go build") {
		t.Errorf("it says %v", err)
	}
	if files, _ := os.ReadDir(folder); len(files) > 0 {
		t.Errorf("there is %v", files)
	}
}
