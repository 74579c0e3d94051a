// Command load calls a state store's socket with grpc-go as it comes, which is
// how daprd does it, and says what it saw as a line of JSON.
//
// It connects, makes a call on each connection, writes a line, and begins when
// it can read one: so whoever started it can look at the server just before.
// The keys are those that the benchmark has set.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	proto "github.com/dapr/dapr/pkg/proto/components/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

const (
	keys = 1000
	// One call of so many is a Set, the others are Gets.
	setEvery = 5
	// A server that takes longer than this has stopped.
	patience = 2 * time.Minute
)

// What callers saw: latencies in microseconds.
type seen struct {
	Calls         int     `json:"calls"`
	Seconds       float64 `json:"seconds"`
	ClientSeconds float64 `json:"client_seconds"`
	P50           float64 `json:"p50"`
	P90           float64 `json:"p90"`
	P99           float64 `json:"p99"`
	P999          float64 `json:"p999"`
}

func main() {
	socket := flag.String("socket", "", "the component's socket")
	callers := flag.Int("callers", 1, "how many call at once")
	connections := flag.Int("connections", 1, "over how many connections")
	size := flag.Int("size", 100, "bytes of each value")
	lasts := flag.Duration("for", time.Second, "for how long")
	flag.Parse()
	if err := run(*socket, *callers, *connections, *size, *lasts); err != nil {
		log.Fatal(err)
	}
}

func run(socket string, callers, connections, size int, lasts time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "x-component-instance", "bench")
	stores := make([]*store, connections)
	for i := range stores {
		connection, err := grpc.NewClient("unix:"+socket,
			grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		defer connection.Close()
		stores[i] = &store{proto.NewStateStoreClient(connection), make([]byte, size)}
		if err := stores[i].call(ctx, 1); err != nil {
			return err
		}
	}
	fmt.Println("connected")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}

	before := cpu()
	begun := time.Now()
	end := begun.Add(lasts)
	latencies := make([][]time.Duration, callers)
	failures := make([]error, callers)
	var all sync.WaitGroup
	for caller := range callers {
		store := stores[caller%connections]
		all.Go(func() {
			turn := caller
			for now := begun; now.Before(end); turn++ {
				if err := store.call(ctx, turn); err != nil {
					failures[caller] = err
					return
				}
				answered := time.Now()
				latencies[caller] = append(latencies[caller], answered.Sub(now))
				now = answered
			}
		})
	}
	all.Wait()
	seconds := time.Since(begun).Seconds()
	used := cpu() - before
	for _, err := range failures {
		if err != nil {
			return err
		}
	}

	sorted := slices.Concat(latencies...)
	slices.Sort(sorted)
	quantile := func(part float64) float64 {
		place := int(part * float64(len(sorted)-1))
		return float64(sorted[place].Nanoseconds()) / 1000
	}
	return json.NewEncoder(os.Stdout).Encode(seen{
		Calls:         len(sorted),
		Seconds:       seconds,
		ClientSeconds: used.Seconds(),
		P50:           quantile(0.5),
		P90:           quantile(0.9),
		P99:           quantile(0.99),
		P999:          quantile(0.999),
	})
}

type store struct {
	client proto.StateStoreClient
	value  []byte
}

func (s *store) call(ctx context.Context, turn int) error {
	key := fmt.Sprintf("app||%d-%04d", len(s.value), turn*389%keys)
	if turn%setEvery == 0 {
		_, err := s.client.Set(ctx, &proto.SetRequest{Key: key, Value: s.value})
		return err
	}
	got, err := s.client.Get(ctx, &proto.GetRequest{Key: key})
	if err == nil && len(got.GetData()) != len(s.value) {
		return fmt.Errorf("%s has %d bytes", key, len(got.GetData()))
	}
	return err
}

// What this process has used of all processors.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
