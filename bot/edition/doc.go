// Package edition makes the editions of schedules: it finds those that are due,
// has them composed and rendered, and saves each with its deliveries and the
// schedule's next slot in one transaction, so that a slot is posted once whatever
// is killed. A digest that is late is made once, for the last slot that passed.
//
// The truth of what is due is the schedule's NextRunAt. Somebody ticks RunDue
// each minute; a tick that is lost loses nothing.
package edition
