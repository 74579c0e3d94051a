// Command generate writes the code between this module and the contract anew: `go generate ./...`, after the contract or the
// generator of its bindings has changed. It needs plugbox, from PATH or from the variable PLUGBOX.
//
// plugbox's bindings are one program for one world. Here they become a package for each interface that a guest may export, so
// that a guest exports the interfaces whose packages it imports, and no others.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// exports are the interfaces that guests export, and the packages of this module that stand for them.
var exports = map[string]string{
	"dapr:components/state-store@0.1.0":               "statestore",
	"dapr:components/bulk-state-store@0.1.0":          "statestore/bulkstate",
	"dapr:components/transactional-state-store@0.1.0": "statestore/transactions",
	"dapr:components/queriable-state-store@0.1.0":     "statestore/queries",
	"dapr:components/pub-sub@0.1.0":                   "pubsub",
	"dapr:components/bulk-publish@0.1.0":              "pubsub/bulkpublish",
	"dapr:components/input-binding@0.1.0":             "inputbinding",
	"dapr:components/output-binding@0.1.0":            "outputbinding",
	"dapr:components/secret-store@0.1.0":              "secretstore",
	"dapr:components/bulk-secret-store@0.1.0":         "secretstore/bulksecrets",
	"layotto:components/hello@0.1.0":                  "hello",
	"dapr:app/invoke@0.1.0":                           "app/invoke",
	"dapr:app/subscriber@0.1.0":                       "app/subscriber",
}

// imports are what this module asks of the host.
var imports = []string{
	"wasi:logging/logging@0.1.0-draft",
}

const (
	// module is what the bindings call the program that they are part of.
	module  = "wit_component"
	here    = "plugbox/internal/wit"
	support = "plugbox/internal/abi"
	header  = "// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.\n\n"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes all generated files of a copy of this module.
func generate(root string) error {
	scratch, err := os.MkdirTemp("", "plugbox-bindings-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)

	types := map[string][]byte{}
	for _, name := range imports {
		if _, err := bindings(scratch, "import "+name, types); err != nil {
			return err
		}
	}
	var used []string
	for name, block := range exports {
		code, err := bindings(scratch, "export "+name, types)
		if err != nil {
			return err
		}
		code, err = exporting(code, path.Base(block))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := write(filepath.Join(root, block, "wit_exports.go"), code); err != nil {
			return err
		}
		used = append(used, importedBy(code)...)
	}
	for _, name := range imports {
		used = append(used, packageOf(name))
	}
	return writeTypes(filepath.Join(root, "internal", "wit"), types, used)
}

// bindings adds the packages of a world with one interface to those that are known, and is the code of its exports.
func bindings(scratch, item string, types map[string][]byte) ([]byte, error) {
	folder, err := os.MkdirTemp(scratch, "")
	if err != nil {
		return nil, err
	}
	wit := filepath.Join(folder, "one.wit")
	world := fmt.Sprintf("package plugbox:one;\nworld one { %s; }\n", item)
	if err := os.WriteFile(wit, []byte(world), 0o600); err != nil {
		return nil, err
	}
	out := filepath.Join(folder, "out")
	if err := run("bindings", "--lang", "go", "--wit", wit, out); err != nil {
		return nil, err
	}
	packages, err := filepath.Glob(filepath.Join(out, "*", "wit_bindings.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range packages {
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		types[filepath.Base(filepath.Dir(file))] = code
	}
	code, err := os.ReadFile(filepath.Join(out, "wit_exports.go"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return code, err
}

func run(arguments ...string) error {
	program := os.Getenv("PLUGBOX")
	if program == "" {
		program = "plugbox"
	}
	command := exec.Command(program, arguments...)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, output)
	}
	return nil
}

var (
	mainFunction = regexp.MustCompile(`(?m)^func main\(\) \{\}\n`)
	exportImport = regexp.MustCompile(`(?m)^\t"` + module + `/export_\w+"\n`)
	exportCall   = regexp.MustCompile(`\bexport_\w+\.([A-Z])`)
	typesImport  = regexp.MustCompile(`"` + module + `/(\w+)"`)
	ownImport    = regexp.MustCompile(`"` + here + `/(\w+)"`)
	opening      = regexp.MustCompile(`(?s)^.*?\n\npackage `)
)

// exporting makes a part of a package of what is a program: the functions that the host calls, which call `onInit` and the like
// of that package.
func exporting(code []byte, name string) ([]byte, error) {
	for _, unwanted := range []*regexp.Regexp{mainFunction, exportImport} {
		if !unwanted.Match(code) {
			return nil, fmt.Errorf("the bindings are of another form: there is no %s", unwanted)
		}
		code = unwanted.ReplaceAll(code, nil)
	}
	code = bytes.Replace(code, []byte("package main\n"), []byte("package "+name+"\n"), 1)
	code = exportCall.ReplaceAll(code, []byte("on$1"))
	// What the host wrote is the host's memory until it is copied.
	code = bytes.ReplaceAll(code, []byte("unsafe.String("), []byte("witRuntime.String("))
	code = bytes.ReplaceAll(code, []byte("unsafe.Slice("), []byte("witRuntime.Slice("))
	return local(code, "//go:build wasip1\n\n")
}

// local is code that belongs to this module.
func local(code []byte, constraint string) ([]byte, error) {
	code = typesImport.ReplaceAll(code, []byte(`"`+here+`/$1"`))
	for _, name := range []string{"runtime", "types"} {
		code = bytes.ReplaceAll(code, []byte(`"go.bytecodealliance.org/pkg/wit/`+name+`"`), []byte(`"`+support+`"`))
	}
	code = opening.ReplaceAll(code, []byte(header+constraint+"package "))
	return format.Source(code)
}

// importedBy names the packages of types that code imports.
func importedBy(code []byte) []string {
	var names []string
	for _, match := range ownImport.FindAllSubmatch(code, -1) {
		names = append(names, string(match[1]))
	}
	return names
}

// packageOf is what the bindings call the package of an interface.
func packageOf(name string) string {
	name, _, _ = strings.Cut(name, "@")
	return strings.NewReplacer(":", "_", "/", "_", "-", "_").Replace(name)
}

// writeTypes writes the packages that are used, and what those use. The others have only other names for the same.
func writeTypes(root string, types map[string][]byte, used []string) error {
	var written []string
	for len(used) > 0 {
		name := used[0]
		used = used[1:]
		if slices.Contains(written, name) {
			continue
		}
		written = append(written, name)
		constraint := ""
		if bytes.Contains(types[name], []byte("//go:wasmimport")) {
			constraint = "//go:build wasip1\n\n"
		}
		code, err := local(types[name], constraint)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := write(filepath.Join(root, name, "wit_bindings.go"), code); err != nil {
			return err
		}
		used = append(used, importedBy(code)...)
	}
	return nil
}

func write(file string, code []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, code, 0o644)
}
