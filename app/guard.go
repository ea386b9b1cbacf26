package app

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// guard runs the body of a bound method. An error goes to the window as the
// JSON of a Fault, and a panic as one, too: Wails would leave the promise
// pending for ever.
func guard[T any](log *slog.Logger, method string, body func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("bound method panicked", "method", method, "panic", p, "stack", string(debug.Stack()))
			var zero T
			result, err = zero, wireError{Describe(fmt.Errorf("%s: %v", method, p))}
		}
	}()
	result, err = body()
	if err != nil {
		log.Warn("bound method failed", "method", method, "err", err)
		err = wireError{Describe(err)}
	}
	return result, err
}

// guardOnly is guard for a method without a result.
func guardOnly(log *slog.Logger, method string, body func() error) error {
	_, err := guard(log, method, func() (struct{}, error) { return struct{}{}, body() })
	return err
}

// wireError is a Fault on its way to the window.
type wireError struct{ fault Fault }

func (e wireError) Error() string {
	b, err := json.Marshal(e.fault)
	if err != nil {
		return e.fault.Message
	}
	return string(b)
}
