// Command daprd is a Dapr sidecar for the tests, assembled from Dapr's own
// published packages.
//
// Dapr offers daprd as a release archive and an image, neither of which comes
// through a package proxy, and `go install` refuses the stock command because
// its go.mod has replace directives. As a plain dependency it builds anywhere
// that has a Go module proxy.
//
// No built-in component is linked in: whatever this sidecar serves must come
// from a socket, so a test that passes cannot have passed by way of Dapr's own
// stores and brokers. It also keeps hundreds of client libraries out of the
// build. How it finds other sidecars is a table of its own (resolver.go).
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"

	"github.com/dapr/dapr/cmd/daprd/options"
	"github.com/dapr/dapr/pkg/buildinfo"
	"github.com/dapr/dapr/pkg/components/bindings"
	"github.com/dapr/dapr/pkg/components/nameresolution"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/dapr/pkg/components/secretstores"
	"github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/metrics"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/runtime"
	"github.com/dapr/dapr/pkg/runtime/registry"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

var log = logger.NewLogger("dapr.runtime")

func main() {
	// Dapr's own parser, so that what works with a real daprd works here.
	opts, err := options.New(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	switch {
	case opts.RuntimeVersion, opts.BuildInfo:
		fmt.Println(buildinfo.Version())
		return
	case opts.WaitCommand:
		runtime.WaitUntilDaprOutboundReady(opts.DaprHTTPPort)
		return
	}

	opts.Logger.SetAppID(opts.AppID)
	if err := logger.ApplyOptionsToLoggers(&opts.Logger); err != nil {
		log.Fatal(err)
	}
	// The clients of pluggable components log through their registry's logger
	// without looking whether there is one: a message that an app refuses would
	// be the end of the sidecar.
	bindings.DefaultRegistry.Logger = log
	pubsub.DefaultRegistry.Logger = log
	secretstores.DefaultRegistry.Logger = log
	state.DefaultRegistry.Logger = log
	// The name of what a sidecar takes where nothing is configured.
	nameresolution.DefaultRegistry.RegisterComponent(newResolver, "mdns")

	if err := serve(signals.Context(), opts); err != nil {
		log.Fatal(err)
	}
}

// serve runs the sidecar until ctx ends or the shutdown API is called.
func serve(ctx context.Context, opts *options.Options) error {
	health := healthz.New()
	// Needed even without mTLS: the runtime takes its identity from here.
	provider, err := security.New(ctx, security.Options{
		AppID:                   opts.AppID,
		Mode:                    modes.DaprMode(opts.Mode),
		MTLSEnabled:             opts.EnableMTLS,
		SentryAddress:           opts.SentryAddress,
		TrustAnchors:            opts.TrustAnchors,
		JwtAudiences:            opts.SentryRequestJwtAudiences,
		ControlPlaneNamespace:   opts.ControlPlaneNamespace,
		ControlPlaneTrustDomain: opts.ControlPlaneTrustDomain,
		Healthz:                 health,
	})
	if err != nil {
		return err
	}

	run := func(ctx context.Context) error {
		config := configOf(opts)
		config.Healthz = health
		config.Registry = registry.NewOptions()
		config.Metrics.Healthz = health
		if config.Security, err = provider.Handler(ctx); err != nil {
			return err
		}
		rt, err := runtime.FromConfig(ctx, config)
		if err != nil {
			return err
		}
		return rt.Run(ctx)
	}
	return concurrency.NewRunnerManager(provider.Run, run).Run(ctx)
}

// configOf carries every flag over to the runtime. Nearly all of them have the
// same name on both sides; matching by name means that a flag which a later
// Dapr adds is not dropped in silence. The few others are set by hand.
func configOf(opts *options.Options) *runtime.Config {
	config := &runtime.Config{
		ApplicationPort:  opts.AppPort,
		SchedulerStreams: opts.SchedulerJobStreams,
		Metrics: metrics.Options{
			Enabled:       opts.Metrics.Enabled(),
			Port:          opts.Metrics.Port(),
			ListenAddress: opts.Metrics.ListenAddress(),
			Namespace:     metrics.DefaultMetricNamespace,
			Log:           log, // the exporter writes to it unasked
		},
	}
	from, to := reflect.ValueOf(opts).Elem(), reflect.ValueOf(config).Elem()
	for i := range to.NumField() {
		flag := from.FieldByName(to.Type().Field(i).Name)
		if flag.IsValid() && flag.Type() == to.Field(i).Type() {
			to.Field(i).Set(flag)
		}
	}
	return config
}
