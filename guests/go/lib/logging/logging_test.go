package logging

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
)

func TestALineHasItsLevelItsMessageAndItsAttributes(t *testing.T) {
	var lines []string
	logger := slog.New(newHandler(func(level uint8, context, message string) {
		lines = append(lines, fmt.Sprint(level, context, ": ", message))
	}))
	logger.Log(context.Background(), slog.LevelDebug-4, "trace")
	logger.Debug("debug", "a", 1)
	logger.With("b", "two words").WithGroup("g").Info("info", "level", "c")
	logger.Warn("")
	logger.Error("error")
	want := []string{"0: trace", "1: debug a=1", `2: info b="two words" g.level=c`, "3: ", "4: error"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
}
