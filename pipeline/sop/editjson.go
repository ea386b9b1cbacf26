package sop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxDepth is how deep batches may nest.
const maxDepth = 16

// EncodeEdit writes an edit as one JSON object: its "op" beside its fields.
func EncodeEdit(e Edit) ([]byte, error) {
	var body any = e
	if batch, ok := e.(Batch); ok {
		list := struct {
			Edits []json.RawMessage `json:"edits"`
		}{Edits: []json.RawMessage{}}
		for _, one := range batch.Edits {
			raw, err := EncodeEdit(one)
			if err != nil {
				return nil, err
			}
			list.Edits = append(list.Edits, raw)
		}
		body = list
	}
	fields, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode edit %s: %w", e.Op(), err)
	}
	// Every edit has a field, so that the comma is never the last.
	return append([]byte(fmt.Sprintf(`{"op":%q,`, e.Op())), fields[1:]...), nil
}

// DecodeEdit reads what EncodeEdit writes. It refuses unknown edits and fields
// with an *EditError that names them; whether the values fit the document is for
// Apply to say.
func DecodeEdit(data []byte) (Edit, error) {
	if len(data) > MaxSize {
		return nil, &EditError{Op: "?", What: fmt.Sprintf("%d bytes", len(data)), Err: ErrLimit}
	}
	return decodeEdit(data, 0)
}

func decodeEdit(data []byte, depth int) (Edit, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, &EditError{Op: "?", What: "JSON", Err: err}
	}
	var op string
	if err := json.Unmarshal(fields["op"], &op); err != nil {
		return nil, &EditError{Op: "?", What: `"op"`, Err: errors.Join(ErrUnknownOp, err)}
	}
	delete(fields, "op")
	if op == "batch" {
		return decodeBatch(fields, depth)
	}
	decode, ok := decoders()[op]
	if !ok {
		return nil, &EditError{Op: short(op), Err: ErrUnknownOp}
	}
	rest, err := json.Marshal(fields)
	if err != nil {
		return nil, &EditError{Op: op, What: "JSON", Err: err}
	}
	e, err := decode(rest)
	if err != nil {
		return nil, &EditError{Op: op, What: "fields", Err: err}
	}
	return e, nil
}

func decodeBatch(fields map[string]json.RawMessage, depth int) (Edit, error) {
	if depth >= maxDepth {
		return nil, &EditError{Op: "batch", What: "nesting", Err: ErrLimit}
	}
	var list []json.RawMessage
	for name, raw := range fields {
		if name != "edits" {
			return nil, &EditError{Op: "batch", What: fmt.Sprintf("field %q", short(name)), Err: ErrUnknownField}
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, &EditError{Op: "batch", What: `field "edits"`, Err: err}
		}
	}
	var b Batch
	for i, raw := range list {
		one, err := decodeEdit(raw, depth+1)
		if err != nil {
			return nil, &EditError{Op: "batch", What: fmt.Sprintf("edit %d", i), Err: err}
		}
		b.Edits = append(b.Edits, one)
	}
	return b, nil
}

func decoders() map[string]func([]byte) (Edit, error) {
	return map[string]func([]byte) (Edit, error){
		"set-document":   decodeAs[SetDocument],
		"set-section":    decodeAs[SetSection],
		"set-step":       decodeAs[SetStep],
		"insert-step":    decodeAs[InsertStep],
		"delete-step":    decodeAs[DeleteStep],
		"move-step":      decodeAs[MoveStep],
		"merge-steps":    decodeAs[MergeSteps],
		"split-step":     decodeAs[SplitStep],
		"set-figure":     decodeAs[SetFigure],
		"insert-figure":  decodeAs[InsertFigure],
		"delete-figure":  decodeAs[DeleteFigure],
		"set-callouts":   decodeAs[SetCallouts],
		"set-sentence":   decodeAs[SetSentence],
		"move-sentence":  decodeAs[MoveSentence],
		"insert-section": decodeAs[InsertSection],
		"delete-section": decodeAs[DeleteSection],
		"move-section":   decodeAs[MoveSection],
		"replace-steps":  decodeAs[ReplaceSteps],

		"accept-parameter":   decodeAs[AcceptParameter],
		"withdraw-parameter": decodeAs[WithdrawParameter],
		"set-parameter":      decodeAs[SetParameter],
		"delete-parameter":   decodeAs[DeleteParameter],
		"replace-texts":      decodeAs[ReplaceTexts],
	}
}

func decodeAs[E Edit](data []byte) (Edit, error) {
	var e E
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return e, nil
}
