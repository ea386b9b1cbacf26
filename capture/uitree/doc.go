// Package uitree owns what programs tell of their user interface: the element
// under the pointer with its name and role, and what a text field held when it
// was left. On Linux it asks by AT-SPI over D-Bus.
//
// It imports nothing of runreel but capture.
//
// Run reads the accessibility events itself and starts three goroutines: one
// looks up what lies under the resting pointer, one keeps the field that has
// the keyboard, one waits for the pictures of texts and emits them. All have
// ended when Run returns. Locate, Hover and Enter start none.
package uitree
