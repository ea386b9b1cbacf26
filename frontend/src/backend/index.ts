// The only door to the Go program: everything else in the window works on
// these types and on a Backend that it is given.
export type * from './backend';
export { Fault, toFault } from './fault';
export type * from './types';
export { wailsBackend } from './wails';
