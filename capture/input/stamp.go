package input

import "time"

// stamper turns the server's timestamps into local ones. A record arrives some
// time after its event, longer when the machine is busy, and a picture grabbed
// in that time must not pass for one from before the event. The least delay
// seen so far is taken for the distance between the two clocks.
type stamper struct {
	base   time.Time // local time of the first event
	server uint32    // server time of the first event
	least  time.Duration
}

// maxLag is the delay beyond which the server's clock is thought to have
// jumped, as after a suspend, rather than the record to be late.
const maxLag = 2 * time.Second

// stamp returns when the event with a server time happened, given that its
// record is read now.
func (s *stamper) stamp(server uint32, now time.Time) time.Time {
	if s.base.IsZero() {
		s.base, s.server = now, server
		return now
	}
	elapsed := time.Duration(int32(server-s.server)) * time.Millisecond
	lag := now.Sub(s.base) - elapsed
	if lag < s.least {
		s.least = lag
	}
	if lag-s.least > maxLag || s.least < -maxLag {
		s.base, s.server, s.least = now, server, 0
		return now
	}
	return s.base.Add(elapsed + s.least)
}
