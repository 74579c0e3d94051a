// Command component is what a user writes with Dapr's own SDK for Go: Dapr's
// own in-memory store and broker on one socket, in the folder that
// DAPR_COMPONENT_SOCKETS_FOLDER names.
package main

import (
	"flag"

	dapr "github.com/dapr-sandbox/components-go-sdk"
	"github.com/dapr-sandbox/components-go-sdk/pubsub/v1"
	"github.com/dapr-sandbox/components-go-sdk/state/v1"
	broker "github.com/dapr/components-contrib/pubsub/in-memory"
	store "github.com/dapr/components-contrib/state/in-memory"
	"github.com/dapr/kit/logger"
)

func main() {
	name := flag.String("name", "memory", "the component's name, and so its socket's")
	flag.Parse()
	log := logger.NewLogger("component")
	dapr.Register(*name,
		dapr.WithStateStore(func() state.Store { return store.NewInMemoryStateStore(log) }),
		dapr.WithPubSub(func() pubsub.PubSub { return broker.New(log) }))
	dapr.MustRun()
}
