/**
 * An address of this machine at which nobody listens. Not that of a server which has stopped: another test's server
 * may get its port.
 */
export const deadAddress = "http://127.0.0.1:2";
