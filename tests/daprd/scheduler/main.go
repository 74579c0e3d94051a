// Command scheduler is Dapr's scheduler service for the tests, with its database
// in it: without it a sidecar has no jobs.
//
// Like that of the placement service, its main can be imported as it is.
package main

import "github.com/dapr/dapr/cmd/scheduler/app"

func main() {
	app.Run()
}
