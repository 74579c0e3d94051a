package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/dapr/components-contrib/nameresolution"
	"github.com/dapr/kit/logger"
)

// appsVariable says where the sidecars of other applications are: ids with the
// addresses of internal gRPC ports, like
// `orders=127.0.0.1:50002,billing=127.0.0.1:50003`.
const appsVariable = "PLUGBOX_TEST_APPS"

// resolver finds applications without asking the network, where tests of other
// projects would answer too. The sidecar's own one it knows by itself.
type resolver map[string]string

func newResolver(logger.Logger) nameresolution.Resolver {
	return resolver{}
}

func (r resolver) Init(_ context.Context, metadata nameresolution.Metadata) error {
	own := metadata.Instance
	r[own.AppID] = net.JoinHostPort(own.Address, strconv.Itoa(own.DaprInternalPort))
	for _, app := range strings.FieldsFunc(os.Getenv(appsVariable), func(c rune) bool { return c == ',' }) {
		id, address, found := strings.Cut(app, "=")
		if !found {
			return fmt.Errorf("%s has %q, which is no id=address", appsVariable, app)
		}
		r[id] = address
	}
	return nil
}

func (r resolver) ResolveID(_ context.Context, request nameresolution.ResolveRequest) (string, error) {
	address, found := r[request.ID]
	if !found {
		return "", fmt.Errorf("%s does not say where %q is", appsVariable, request.ID)
	}
	return address, nil
}

func (r resolver) Close() error {
	return nil
}
