// Command placement is Dapr's placement service for the tests: without it a
// sidecar hosts no actors, and without actors nothing uses a store as theirs.
//
// Unlike daprd's own main, that of the placement service links no component in
// and can be imported as it is.
package main

import "github.com/dapr/dapr/cmd/placement/app"

func main() {
	app.Run()
}
