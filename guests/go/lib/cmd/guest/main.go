// Command guest builds the guest in a folder: one WebAssembly component that plugbox serves.
//
// In a module whose go.mod has the line `tool plugbox/cmd/guest`, that is
//
//	go tool guest
//
// It runs Go's own compiler and then plugbox, from PATH or from the variable PLUGBOX, which makes a component of what came out.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	output := flag.String("o", "", "the `file` to write; without it the folder's name with .wasm, in the folder")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 1 {
		usage()
		os.Exit(2)
	}
	folder := "."
	if flag.NArg() == 1 {
		folder = flag.Arg(0)
	}
	if err := build(folder, *output, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "guest:", err)
		os.Exit(1)
	}
}

func usage() {
	out := flag.CommandLine.Output()
	fmt.Fprintln(out, "Builds the guest in a folder, without one in this folder.\n\nUsage: go tool guest [-o file] [folder]")
	flag.PrintDefaults()
}

// build writes the guest of a folder, and says where.
func build(folder, output string, out io.Writer) error {
	if output == "" {
		whole, err := filepath.Abs(folder)
		if err != nil {
			return err
		}
		output = filepath.Join(folder, filepath.Base(whole)+".wasm")
	}
	program := os.Getenv("PLUGBOX")
	if program == "" {
		program = "plugbox"
	}
	plugbox, err := exec.LookPath(program)
	if err != nil {
		return fmt.Errorf("%w: install plugbox, or let the variable PLUGBOX name it", err)
	}
	scratch, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	core := filepath.Join(scratch, "core.wasm")

	// A guest is called and does not run on its own: so it is a library (c-shared). What the arguments of calls are written into is
	// asked of the Go runtime by one of its own functions, which the linker is to let pass (checklinkname).
	compile := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-checklinkname=0 -s -w", "-o", core, folder)
	compile.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if err := run(compile, out); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	if err := run(exec.Command(plugbox, "componentize", core, "-o", output), out); err != nil {
		return fmt.Errorf("plugbox componentize: %w", err)
	}
	return nil
}

func run(command *exec.Cmd, out io.Writer) error {
	command.Stdout = out
	command.Stderr = os.Stderr
	return command.Run()
}
