// Package logging takes what a guest logs by log/slog to plugbox's own log, with its level. (What a guest writes to standard output
// and standard error is there too, without one.)
//
//	func init() { slog.SetDefault(slog.New(logging.NewHandler())) }
package logging

import (
	"bytes"
	"context"
	"log/slog"
	"strings"

	"plugbox/internal/wit/wasi_logging_logging"
)

// NewHandler is a handler for all levels: which of them are shown is decided where the guest is run.
func NewHandler() slog.Handler {
	return newHandler(wasi_logging_logging.Log)
}

// handler writes a record's attributes by slog's own rules, and leaves the time and the level to plugbox.
type handler struct {
	slog.Handler
	attributes *bytes.Buffer
	log        func(level uint8, context, message string)
}

func newHandler(log func(level uint8, context, message string)) slog.Handler {
	attributes := &bytes.Buffer{}
	options := &slog.HandlerOptions{
		Level: slog.Level(-1000),
		ReplaceAttr: func(groups []string, attribute slog.Attr) slog.Attr {
			if len(groups) > 0 {
				return attribute
			}
			switch attribute.Key {
			case slog.TimeKey, slog.LevelKey, slog.MessageKey:
				return slog.Attr{}
			}
			return attribute
		},
	}
	return handler{slog.NewTextHandler(attributes, options), attributes, log}
}

func (h handler) Handle(ctx context.Context, record slog.Record) error {
	h.attributes.Reset()
	if err := h.Handler.Handle(ctx, record); err != nil {
		return err
	}
	message := strings.TrimSpace(record.Message + " " + h.attributes.String())
	h.log(level(record.Level), "", message)
	return nil
}

func (h handler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attributes), h.attributes, h.log}
}

func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.attributes, h.log}
}

func level(level slog.Level) uint8 {
	switch {
	case level < slog.LevelDebug:
		return wasi_logging_logging.LevelTrace
	case level < slog.LevelInfo:
		return wasi_logging_logging.LevelDebug
	case level < slog.LevelWarn:
		return wasi_logging_logging.LevelInfo
	case level < slog.LevelError:
		return wasi_logging_logging.LevelWarn
	default:
		return wasi_logging_logging.LevelError
	}
}
